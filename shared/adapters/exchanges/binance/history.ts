/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints */
import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { pagesUntil } from '../pages-until.ts';
import { isFields } from '../told-fields.ts';
import type { HistoryRange, ToldCandle, TradePage, VenueHistory } from '../venue.ts';
import { inAddress, tradesFrom } from './live.ts';

const CANDLES_A_PAGE = 1000;
const HOUR_MS = 3_600_000;

export const binanceHistory: VenueHistory = {
  candles: {
    intervals: ['1s', '1m', '5m', '15m', '1h', '4h', '1d'],
    candlesAPage: CANDLES_A_PAGE,
    newestOnly: null,
    untold: [],
    request: (rest, instrumentId, interval, { fromMs, toMs }) => ({
      url: `${rest}/api/v3/klines?symbol=${inAddress(instrumentId)}&interval=${interval}&startTime=${fromMs}&endTime=${toMs - 1}&limit=${CANDLES_A_PAGE}`,
      weight: 2,
    }),
    read: (answer) => (Array.isArray(answer) ? answer.map(candleOf) : null),
  },
  trades: { first: (rest, instrumentId, range) => firstTrade(rest, instrumentId, range) },
};

/** [open time, open, high, low, close, volume, close time, quote volume, trades, taker buy volume, …] */
function candleOf(row: unknown): ToldCandle {
  const [openTimeMs, open, high, low, close, volume, closeTimeMs, quoteVolume, tradeCount, takerBuyVolume] =
    Array.isArray(row) ? (row as unknown[]) : [];
  return { openTimeMs, closeTimeMs, open, high, low, close, volume, quoteVolume, tradeCount, takerBuyVolume };
}

/** Trades are served by their ids, and aggregates by their times: the first aggregate of an hour names its first trade. */
function firstTrade(rest: string, instrumentId: InstrumentId, { fromMs, toMs }: HistoryRange): TradePage {
  const untilMs = Math.min(toMs, fromMs + HOUR_MS);
  return {
    request: {
      url: `${rest}/api/v3/aggTrades?symbol=${inAddress(instrumentId)}&startTime=${fromMs}&endTime=${untilMs - 1}&limit=1`,
      weight: 4,
    },
    read: (_, answer) => {
      const first = Array.isArray(answer) ? (answer as unknown[])[0] : undefined;
      const tradeId = isFields(first) ? first['f'] : undefined;
      if (typeof tradeId === 'number') {
        const page = tradesFrom.first(rest, instrumentId, { tradeId: tradeId - 1, timeMs: null }, toMs);
        return { trades: [], next: pagesUntil(page, toMs) };
      }
      const later = { fromMs: untilMs, toMs };
      return { trades: [], next: untilMs < toMs ? firstTrade(rest, instrumentId, later) : null };
    },
  };
}
