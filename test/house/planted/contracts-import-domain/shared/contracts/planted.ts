import { log } from '../runtime/log.ts';

export const planted = log;
