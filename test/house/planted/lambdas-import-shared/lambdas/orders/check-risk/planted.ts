import { collector } from '../../../collector/collect.ts';

export const planted = collector;
