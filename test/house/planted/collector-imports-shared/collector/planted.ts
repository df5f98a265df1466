import { platform } from '../embedded/platform.ts';

export const planted = platform;
