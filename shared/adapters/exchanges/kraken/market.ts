import { ownMarket } from '../own-market.ts';

/** Spot: not futures, which have a host of their own, nor the test network. */
export const krakenMarket = ownMarket({
  domains: ['kraken.com'],
  hosts: /^(ws|api)\.kraken\.com$/,
  otherPaths: /^\/(derivatives|ws\/v1)(\/|$)/,
});
