import { fixed, type Listing } from '../../market/listing.ts';
import { iso } from '../protocol.ts';
import type { PrintedTrade } from '../venue-record.ts';

export function productOf({ base, quote }: Listing): string {
  return `${base}-${quote}`;
}

/** The maker's side: who took it was on the other one. */
function makerSide(isBuy: boolean): string {
  return isBuy ? 'SELL' : 'BUY';
}

/** Trades, the newest first, as Coinbase tells them. */
export function tradeRows(listing: Listing, trades: readonly PrintedTrade[]): string {
  const { priceDecimals, quantityDecimals } = listing;
  const product = productOf(listing);
  return trades
    .map(({ id, priceTicks, quantitySteps, timeMs, isBuy }) => {
      const price = fixed(priceTicks, priceDecimals);
      const size = fixed(quantitySteps, quantityDecimals);
      return `{"product_id":"${product}","trade_id":"${id}","price":"${price}","size":"${size}","time":"${iso(timeMs)}","side":"${makerSide(isBuy)}"}`;
    })
    .reverse()
    .join(',');
}
