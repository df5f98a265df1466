import type { Venue } from '../venue.ts';
import { CoinbaseDecoder } from './decoder.ts';
import { coinbaseHistory } from './history.ts';
import { coinbaseLive } from './live.ts';
import { coinbaseMarket } from './market.ts';
import { coinbaseBooks } from './books.ts';
import { readInstrument } from './symbols.ts';

/** Coinbase Advanced Trade, spot. https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/overview */
export const coinbase: Venue = {
  exchange: 'coinbase',
  domains: coinbaseMarket.domains,
  readInstrument,
  decoder: (directory) => new CoinbaseDecoder(directory),
  books: coinbaseBooks,
  live: coinbaseLive,
  history: coinbaseHistory,
};
