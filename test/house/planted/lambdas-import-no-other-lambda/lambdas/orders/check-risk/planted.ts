import { other } from '../submit-order/other.ts';

export const planted = other;
