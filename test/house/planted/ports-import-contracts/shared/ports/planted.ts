import { adapter } from '../adapters/aws/clock.ts';

export const planted = adapter;
