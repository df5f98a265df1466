import {
  NO_LATENCY,
  PLAIN_FILL,
  type FillModel,
  type PaperModel,
} from '../../shared/domain/accounts/paper-model.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import type { CandleStep, QuoteStep, TradeStep } from '../../shared/domain/orders/market-step.ts';
import type { Limit, Market, Stop, StopLimit, TrailingStop } from '../../shared/domain/orders/terms.ts';
import { workingOrder, type WorkingOrder } from '../../shared/domain/orders/working-order.ts';

/** No fees, no slippage, whole fills. */
export function aPaperModel(fill: Partial<FillModel> = {}, fields: Partial<PaperModel> = {}): PaperModel {
  return {
    makerFee: 0n,
    takerFee: 0n,
    slippage: { kind: 'fixed', fraction: 0n },
    latency: NO_LATENCY,
    fill: { ...PLAIN_FILL, ...fill },
    ...fields,
  };
}

/** The whole volume of a step may be ours. */
export const BY_VOLUME: Partial<FillModel> = { volumeCap: decimal('1') };

export function aTrade(
  timeMs: number,
  price: number | string,
  fields: Partial<Omit<TradeStep, 'quantity'>> & { quantity?: string } = {},
): TradeStep {
  const { quantity = '1', ...others } = fields;
  return {
    kind: 'trade',
    timeMs,
    price: decimal(String(price)),
    quantity: decimal(quantity),
    takerSide: null,
    tradeId: timeMs,
    quality: 0,
    ...others,
  };
}

/** @param bid and ask, each price and quantity */
export function aQuote(
  timeMs: number,
  bid: readonly [string, string],
  ask: readonly [string, string],
): QuoteStep {
  return {
    kind: 'quote',
    timeMs,
    bidPrice: decimal(bid[0]),
    bidQuantity: decimal(bid[1]),
    askPrice: decimal(ask[0]),
    askQuantity: decimal(ask[1]),
    quality: 0,
  };
}

/** A minute. */
export function aCandle(
  openTimeMs: number,
  [open, high, low, close]: readonly [number, number, number, number],
  {
    volume = 1000,
    ...others
  }: { volume?: number; closeTimeMs?: number; shorter?: readonly CandleStep[] } = {},
): CandleStep {
  const exact = (value: number): bigint => decimal(String(value));
  return {
    kind: 'candle',
    openTimeMs,
    closeTimeMs: openTimeMs + 60_000,
    open: exact(open),
    high: exact(high),
    low: exact(low),
    close: exact(close),
    volume: exact(volume),
    quality: 0,
    ...others,
  };
}

type Sold<Terms> = Partial<Omit<Terms, 'type' | 'quantity' | 'quoteQuantity'>> & { quantity?: string };

const PLAIN = { side: 'BUY', timeInForce: 'GTC', goodTillMs: null, reduceOnly: false } as const;

export function aMarket({ quantity = '1', ...fields }: Sold<Market> = {}): Market {
  return { type: 'MARKET', ...PLAIN, quantity: decimal(quantity), quoteQuantity: null, ...fields };
}

export function aLimit(price: string, { quantity = '1', ...fields }: Sold<Limit> = {}): Limit {
  const terms = { type: 'LIMIT', ...PLAIN, postOnly: false } as const;
  return { ...terms, price: decimal(price), quantity: decimal(quantity), ...fields };
}

export function aStop(stopPrice: string, { quantity = '1', ...fields }: Sold<Stop> = {}): Stop {
  const terms = { type: 'STOP', ...PLAIN, side: 'SELL' } as const;
  return { ...terms, stopPrice: decimal(stopPrice), quantity: decimal(quantity), ...fields };
}

export function aStopLimit(
  stopPrice: string,
  price: string,
  { quantity = '1', ...fields }: Sold<StopLimit> = {},
): StopLimit {
  const terms = { type: 'STOP_LIMIT', ...PLAIN, side: 'SELL', postOnly: false } as const;
  const prices = { stopPrice: decimal(stopPrice), price: decimal(price) };
  return { ...terms, ...prices, quantity: decimal(quantity), ...fields };
}

export function aTrailingStop(
  by: 'amount' | 'fraction',
  value: string,
  { quantity = '1', ...fields }: Sold<TrailingStop> = {},
): TrailingStop {
  const terms = { type: 'TRAILING_STOP', ...PLAIN, side: 'SELL', activationPrice: null } as const;
  return { ...terms, trail: { by, value: decimal(value) }, quantity: decimal(quantity), ...fields };
}

/** An order that is at the venue from the beginning of time. */
export function working(
  terms: WorkingOrder['terms'],
  effectiveTimeMs = 0,
  clientOrderId = 'order',
): WorkingOrder {
  const identity = {
    clientOrderId,
    accountId: 'paper',
    strategyId: 'strategy',
    instrumentId: 'binance:BTC-USDT',
  };
  return workingOrder(identity, terms, effectiveTimeMs);
}
