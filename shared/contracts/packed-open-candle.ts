/** A candle under way, as distances from where the next shorter one begins. */
import { decimal, DECIMAL_PLACES, formatDecimal } from '../domain/decimal.ts';
import type { StoredOpenCandle } from './lane-candles.ts';
import type { NumberReader, NumberWriter } from './packed-numbers.ts';

/** A power of ten that divides every amount of a kind. */
export interface Step {
  readonly zeros: number;
  readonly size: bigint;
}
export interface Steps {
  readonly price: Step;
  readonly quantity: Step;
  readonly quote: Step;
}
/** Where the candle of the next shorter interval begins, and so nearly always this one ends. */
export interface Edge {
  readonly price: bigint;
  readonly timeMs: number;
  /** Of the trade before. */
  readonly tradeId: number;
}

interface OpenFrame {
  readonly steps: Steps;
  readonly hasOtherIds: boolean;
}

const POWERS = Array.from({ length: DECIMAL_PLACES + 1 }, (_, zeros) => 10n ** BigInt(zeros));
export const STEPS = POWERS.length;

export function stepOf(zeros: number): Step {
  const size = POWERS[zeros];
  if (size === undefined) throw new RangeError(`packed folds: no step of ${zeros} zeros`);
  return { zeros, size };
}

export const stepsIn = (amount: string, { size }: Step): bigint => decimal(amount) / size;
export const amountOf = (steps: bigint, { size }: Step): string => formatDecimal(steps * size);

export function hasUsualIds(candle: StoredOpenCandle, edge: Edge): boolean {
  const { firstTradeId, lastTradeId, precedingTradeId, tradeCount } = candle;
  return (
    lastTradeId === edge.tradeId &&
    precedingTradeId === firstTradeId - 1 &&
    tradeCount === lastTradeId - firstTradeId + 1
  );
}

export function packOpen(
  out: NumberWriter,
  candle: StoredOpenCandle,
  { steps, hasOtherIds }: OpenFrame,
  edge: Edge,
): Edge {
  const open = stepsIn(candle.open, steps.price);
  const high = stepsIn(candle.high, steps.price);
  const low = stepsIn(candle.low, steps.price);
  const close = stepsIn(candle.close, steps.price);
  const volume = stepsIn(candle.volume, steps.quantity);
  out.bigint(close - edge.price);
  out.bigint(open - close);
  out.bigint(high - greater(open, close));
  out.bigint(lesser(open, close) - low);
  out.bigint(volume);
  out.bigint(stepsIn(candle.quoteVolume, steps.quote) - expectedQuote(volume, high + low, steps));
  out.bigint(volume - stepsIn(candle.takerBuyVolume, steps.quantity));
  packDistance(out, candle.lastTradeId, candle.firstTradeId);
  if (hasOtherIds) {
    packDistance(out, edge.tradeId, candle.lastTradeId);
    packDistance(out, candle.lastTradeId - candle.firstTradeId, candle.tradeCount);
    packDistance(out, candle.firstTradeId, candle.precedingTradeId);
  }
  out.int(edge.timeMs - candle.lastTimeMs);
  out.int(candle.firstTimeMs - candle.openTimeMs);
  return { price: open, timeMs: candle.firstTimeMs, tradeId: candle.firstTradeId - 1 };
}

export function unpackOpen(
  from: NumberReader,
  openTimeMs: number,
  { steps, hasOtherIds }: OpenFrame,
  edge: Edge,
): { readonly open: StoredOpenCandle; readonly edge: Edge } {
  const close = edge.price + from.bigint();
  const price = close + from.bigint();
  const high = greater(price, close) + from.bigint();
  const low = lesser(price, close) - from.bigint();
  const volume = from.bigint();
  const quoteVolume = from.bigint() + expectedQuote(volume, high + low, steps);
  const takerBuyVolume = volume - from.bigint();
  const span = from.bigint();
  const lastTradeId = hasOtherIds ? atDistance(from, edge.tradeId) : edge.tradeId;
  const firstTradeId = Number(BigInt(lastTradeId) - span);
  const tradeCount = hasOtherIds
    ? atDistance(from, lastTradeId - firstTradeId)
    : lastTradeId - firstTradeId + 1;
  const precedingTradeId = hasOtherIds ? atDistance(from, firstTradeId) : firstTradeId - 1;
  const lastTimeMs = edge.timeMs - from.int();
  const firstTimeMs = openTimeMs + from.int();
  const open = {
    openTimeMs,
    ...amountsOf({ open: price, high, low, close, volume, quoteVolume, takerBuyVolume }, steps),
    tradeCount,
    firstTradeId,
    lastTradeId,
    firstTimeMs,
    lastTimeMs,
    precedingTradeId,
  };
  return { open, edge: { price, timeMs: firstTimeMs, tradeId: firstTradeId - 1 } };
}

/** Of two ids that a double holds it may be more than one does. */
function packDistance(out: NumberWriter, a: number, b: number): void {
  out.bigint(BigInt(a) - BigInt(b));
}

function atDistance(from: NumberReader, a: number): number {
  return Number(BigInt(a) - from.bigint());
}

type Amounts<Amount> = Readonly<
  Record<'open' | 'high' | 'low' | 'close' | 'volume' | 'quoteVolume' | 'takerBuyVolume', Amount>
>;

/** Out of whole steps. */
export function amountsOf(inSteps: Amounts<bigint>, { price, quantity, quote }: Steps): Amounts<string> {
  return {
    open: amountOf(inSteps.open, price),
    high: amountOf(inSteps.high, price),
    low: amountOf(inSteps.low, price),
    close: amountOf(inSteps.close, price),
    volume: amountOf(inSteps.volume, quantity),
    quoteVolume: amountOf(inSteps.quoteVolume, quote),
    takerBuyVolume: amountOf(inSteps.takerBuyVolume, quantity),
  };
}

const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** What the volume would cost in the middle of the candle. */
function expectedQuote(volume: bigint, twiceMiddle: bigint, { price, quantity, quote }: Steps): bigint {
  return (volume * quantity.size * twiceMiddle * price.size) / (2n * POWERS.at(-1)! * quote.size);
}
