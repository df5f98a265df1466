import { domain } from '../../shared/domain/candle.ts';

export const planted = domain;
