/** https://docs.kraken.com/api/docs/rest-api/get-ohlc-data */
import { intervalMs, type Interval } from '../../../domain/candles/interval.ts';
import { pagesUntil } from '../pages-until.ts';
import { isFields, millisecondsOf } from '../told-fields.ts';
import type { ToldCandle, VenueHistory } from '../venue.ts';
import { tradesOfAndAfter } from './live.ts';
import { symbolOfInstrument } from './symbols.ts';

/** Whatever time is asked for, it answers with the newest. */
const NEWEST_CANDLES = 720;
const INTERVALS: readonly Interval[] = ['1m', '5m', '15m', '1h', '4h', '1d'];
const BUSY = /^E(API:Rate limit|General:Too many requests|Service:(Unavailable|Busy))/;

export const krakenHistory: VenueHistory = {
  candles: {
    intervals: INTERVALS,
    candlesAPage: NEWEST_CANDLES,
    newestOnly: NEWEST_CANDLES,
    untold: ['quoteVolume', 'takerBuyVolume'],
    // It begins behind the second that it is given.
    request: (rest, instrumentId, interval, { fromMs }) => ({
      url: `${rest}/0/public/OHLC?pair=${encodeURIComponent(symbolOfInstrument(instrumentId))}&interval=${intervalMs(interval) / 60_000}&since=${fromMs / 1000 - 1}`,
      weight: 1,
    }),
    read: (answer) => {
      const result = isFields(answer) ? answer['result'] : undefined;
      if (!isFields(result)) return null;
      const rows = Object.values(result).find((of): of is unknown[] => Array.isArray(of));
      return rows === undefined ? null : rows.map(candleOf);
    },
  },
  trades: {
    first: (rest, instrumentId, { fromMs, toMs }) =>
      pagesUntil(tradesOfAndAfter(rest, instrumentId, fromMs), toMs),
  },
  isBusy: (answer) => {
    const errors = isFields(answer) ? answer['error'] : undefined;
    return Array.isArray(errors) && errors.some((error) => typeof error === 'string' && BUSY.test(error));
  },
};

/** [second, open, high, low, close, volume-weighted price, volume, trades] */
function candleOf(row: unknown): ToldCandle {
  const [second, open, high, low, close, , volume, tradeCount] = Array.isArray(row) ? (row as unknown[]) : [];
  return { openTimeMs: millisecondsOf(second), open, high, low, close, volume, tradeCount };
}
