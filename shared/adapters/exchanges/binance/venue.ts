import type { Venue } from '../venue.ts';
import { BinanceDecoder } from './decoder.ts';
import { binanceHistory } from './history.ts';
import { binanceLive } from './live.ts';
import { binanceMarket } from './market.ts';
import { binanceBooks } from './books.ts';
import { readInstrument } from './symbols.ts';

/** Binance spot. https://developers.binance.com/docs/binance-spot-api-docs */
export const binance: Venue = {
  exchange: 'binance',
  domains: binanceMarket.domains,
  readInstrument,
  decoder: (directory) => new BinanceDecoder(directory),
  books: binanceBooks,
  live: binanceLive,
  history: binanceHistory,
};
