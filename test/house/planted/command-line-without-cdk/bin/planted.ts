import { stack } from '../lib/stack.ts';

export const planted = stack;
