/** https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/public/get-public-product-candles */
import type { Interval } from '../../../domain/candles/interval.ts';
import { pagesUntil } from '../pages-until.ts';
import { isFields, millisecondsOf, type Fields } from '../told-fields.ts';
import type { ToldCandle, VenueHistory } from '../venue.ts';
import { tradePages } from './live.ts';
import { productOfInstrument } from './symbols.ts';

/** It refuses to tell of more at once. */
const CANDLES_A_PAGE = 350;
/** As many seconds of trades are asked for at first; how many fit then shows itself. */
const FIRST_SECONDS = 600;

const GRANULARITIES: Partial<Record<Interval, string>> = {
  '1m': 'ONE_MINUTE',
  '5m': 'FIVE_MINUTE',
  '15m': 'FIFTEEN_MINUTE',
  '1h': 'ONE_HOUR',
  '1d': 'ONE_DAY',
};

export const coinbaseHistory: VenueHistory = {
  candles: {
    intervals: Object.keys(GRANULARITIES) as Interval[],
    candlesAPage: CANDLES_A_PAGE,
    newestOnly: null,
    untold: ['quoteVolume', 'takerBuyVolume', 'tradeCount'],
    // Whether the end is meant to be among them is not said: the last second of the range means the same either way.
    request: (rest, instrumentId, interval, { fromMs, toMs }) => ({
      url: `${rest}/api/v3/brokerage/market/products/${encodeURIComponent(productOfInstrument(instrumentId))}/candles?start=${fromMs / 1000}&end=${toMs / 1000 - 1}&granularity=${GRANULARITIES[interval]}&limit=${CANDLES_A_PAGE}`,
      weight: 1,
    }),
    read: (answer) => {
      const rows = isFields(answer) ? answer['candles'] : undefined;
      return Array.isArray(rows) ? rows.map((row: unknown) => candleOf(isFields(row) ? row : {})) : null;
    },
  },
  trades: {
    first: (rest, instrumentId, { fromMs, toMs }) => {
      const range = { rest, instrumentId, toSecond: Math.ceil(toMs / 1000) };
      return pagesUntil(tradePages(range, Math.floor(fromMs / 1000), FIRST_SECONDS), toMs);
    },
  },
};

function candleOf({ start, open, high, low, close, volume }: Fields): ToldCandle {
  return { openTimeMs: millisecondsOf(start), open, high, low, close, volume };
}
