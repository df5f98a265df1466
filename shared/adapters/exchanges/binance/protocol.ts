import { TRADES_A_PAGE, type LiveProtocol } from '../venue-protocol.ts';
import { parseBinanceMessage } from './parse-message.ts';
import { readInstrument, symbolOfInstrument } from './symbols.ts';

/** Binance spot. https://developers.binance.com/docs/binance-spot-api-docs */
export const binance: LiveProtocol = {
  exchange: 'binance',
  endpoints: { ws: 'wss://stream.binance.com:9443', rest: 'https://api.binance.com' },
  // https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits
  limits: { weightPerMinute: 6000, tradesFromWeight: 25, latestTradeWeight: 25, timeWeight: 1 },
  parse: parseBinanceMessage,
  readInstrument,
  tradeStreamUrl: (ws, instrumentIds) => {
    const streams = instrumentIds.map((id) => `${symbolOfInstrument(id).toLowerCase()}@trade`);
    return `${ws}/stream?streams=${streams.join('/')}`;
  },
  tradesFromUrl: (rest, instrumentId, fromTradeId) => {
    const symbol = symbolOfInstrument(instrumentId);
    return `${rest}/api/v3/historicalTrades?symbol=${symbol}&fromId=${fromTradeId}&limit=${TRADES_A_PAGE}`;
  },
  latestTradeUrl: (rest, instrumentId) =>
    `${rest}/api/v3/trades?symbol=${symbolOfInstrument(instrumentId)}&limit=1`,
  timeUrl: (rest) => `${rest}/api/v3/time`,
};
