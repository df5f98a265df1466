import { adapter } from '../adapters/clickhouse/candles.ts';

export const planted = adapter;
