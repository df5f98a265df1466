/** LANE#<lane> / prices: the latest price of each instrument of a lane, for whoever asks what something costs. */
import * as z from 'zod';
import type { InstrumentFold } from '../domain/candles/fold.ts';
import { intervalMs, openTimeOf } from '../domain/candles/interval.ts';
import { formatDecimal } from '../domain/decimal.ts';
import type { InstrumentId } from '../domain/market-data/instrument.ts';
import { decimalText } from './decimal-text.ts';
import { instrumentId, timeMs } from './instrument-fields.ts';
import type { PriceView } from './market-views.ts';

/** Rows, because a kilobyte is what a write is paid by: five instruments are a quarter of one. */
export const lanePricesRecord = z.object({
  prices: z.array(z.tuple([instrumentId, decimalText, timeMs])).meta({
    description: 'Instrument, close of its latest 1s candle, and when that closed.',
  }),
});
export type LanePricesRecord = z.infer<typeof lanePricesRecord>;

/** Of the instruments that have a closed 1s candle, in its latest revision. */
export function lanePricesOf(folds: Iterable<InstrumentFold>): LanePricesRecord {
  const prices: LanePricesRecord['prices'] = [];
  for (const { instrumentId: id, closingTrade, intervals } of folds) {
    if (closingTrade === null || intervals[0]?.interval !== '1s') continue;
    prices.push([id, formatDecimal(closingTrade.price), closedAtMs(closingTrade.timeMs)]);
  }
  return { prices };
}

/** When the last of them closed; 0: none has. */
export function latestCloseOf(folds: Iterable<InstrumentFold>): number {
  let latest = 0;
  for (const { closingTrade } of folds)
    if (closingTrade !== null) latest = Math.max(latest, closedAtMs(closingTrade.timeMs));
  return latest;
}

/** Of the trade that was its last. */
export function closedAtMs(tradeTimeMs: number): number {
  return openTimeOf(tradeTimeMs, '1s') + intervalMs('1s');
}

export function priceViewsOf({ prices }: LanePricesRecord): ReadonlyMap<InstrumentId, PriceView> {
  return new Map(prices.map(([id, price, at]) => [id, { instrumentId: id, price, timeMs: at }]));
}
