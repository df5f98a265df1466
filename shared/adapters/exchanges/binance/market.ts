import { ownMarket } from '../own-market.ts';

/** Spot: not futures, options, the American exchange or the test networks. */
export const binanceMarket = ownMarket({
  domains: [
    'binance.com',
    'binance.vision',
    'binance.us',
    'binance.me',
    'binancefuture.com',
    'binanceru.net',
  ],
  hosts: /^(stream|ws-api|api|api[1-4]|api-gcp)\.binance\.com$|^(data-stream|data-api)\.binance\.vision$/,
  otherPaths: /^\/(fapi|dapi|eapi|papi|eoptions|futures|ws-fapi|ws-dapi)(\/|$)/,
});
