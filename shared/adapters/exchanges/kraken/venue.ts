import type { Venue } from '../venue.ts';
import { KrakenDecoder } from './decoder.ts';
import { krakenHistory } from './history.ts';
import { krakenLive } from './live.ts';
import { krakenMarket } from './market.ts';
import { krakenBooks } from './books.ts';
import { readInstrument } from './symbols.ts';

/** Kraken spot, WebSocket v2. https://docs.kraken.com/api/docs/guides/spot-ws-intro */
export const kraken: Venue = {
  exchange: 'kraken',
  domains: krakenMarket.domains,
  readInstrument,
  decoder: (directory) => new KrakenDecoder(directory),
  books: krakenBooks,
  live: krakenLive,
  history: krakenHistory,
};
