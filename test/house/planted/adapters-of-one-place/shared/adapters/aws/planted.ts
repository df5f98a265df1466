import { embedded } from '../embedded/queue.ts';

export const planted = embedded;
