import type { other } from './other.ts';

export const planted = 1 as unknown as typeof other;
