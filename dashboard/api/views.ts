/** What the API answers with, by the names that the page uses. */
import type { ResponseOf } from '../../shared/contracts/api.ts';

type ItemOf<Page extends { readonly items: readonly unknown[] }> = Page['items'][number];

export type Fill = ItemOf<ResponseOf<'GET /v1/fills'>>;
export type Strategy = ItemOf<ResponseOf<'GET /v1/strategies'>>;
export type QuarantinedItem = ItemOf<ResponseOf<'GET /v1/quarantine'>>;
export type QualityEvent = ItemOf<ResponseOf<'GET /v1/quality'>>;
export type Instrument = ItemOf<ResponseOf<'GET /v1/instruments'>>;
export type Portfolio = ResponseOf<'GET /v1/portfolio'>;
export type Position = Portfolio['positions'][number];
export type KillSwitchState = ResponseOf<'GET /v1/risk/kill-switch'>;
export type Caller = ResponseOf<'GET /v1/caller'>;
export type Health = ResponseOf<'GET /v1/status'>;
export type BacktestRun = ResponseOf<'GET /v1/backtests/{runId}'>;

export type { OrderView as Order } from '../../shared/contracts/events.ts';
export type { CandleView as Candle } from '../../shared/contracts/events.ts';
export type { PriceView as Price } from '../../shared/contracts/market-views.ts';

/** The exchange and the pair that make up an instrument’s id. */
export function partsOf(instrumentId: string): { readonly exchange: string; readonly pair: string } {
  const [exchange = '', pair = ''] = instrumentId.split(':');
  return { exchange, pair };
}

/** `BTC-USD at kraken`: for texts that have no room for more than words. */
export function nameOf(instrumentId: string): string {
  const { exchange, pair } = partsOf(instrumentId);
  return `${pair} at ${exchange}`;
}

export function quoteCurrencyOf(instrumentId: string): string {
  return partsOf(instrumentId).pair.split('-')[1] ?? '';
}
