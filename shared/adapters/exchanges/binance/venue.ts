import type { Venue } from '../venue.ts';
import { BinanceDecoder } from './decoder.ts';
import { binanceLive } from './live.ts';
import { readInstrument } from './symbols.ts';

/** Binance spot. https://developers.binance.com/docs/binance-spot-api-docs */
export const binance: Venue = {
  exchange: 'binance',
  readInstrument,
  decoder: (directory) => new BinanceDecoder(directory),
  live: binanceLive,
};
