import { ownMarket } from '../own-market.ts';

/** Advanced Trade: not the older Exchange, which says the same in other words, nor the international one. */
export const coinbaseMarket = ownMarket({
  domains: ['coinbase.com'],
  hosts: /^(advanced-trade-ws|api)\.coinbase\.com$/,
  otherPaths: /^\/(api\/v3\/brokerage\/cfm|api\/v3\/brokerage\/intx)(\/|$)/,
});
