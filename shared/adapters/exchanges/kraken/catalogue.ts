import type { ToldListing } from '../symbol-directory.ts';
import { isFields, toldAmount, type Fields } from '../told-fields.ts';
import { idOfSymbol } from './symbols.ts';

/** The fields of the `instrument` channel that are numbers. */
export const CATALOGUE_NUMBERS = ['price_increment', 'qty_increment', 'qty_min', 'cost_min'] as const;

/** The pairs of the `instrument` channel. https://docs.kraken.com/api/docs/websocket-v2/instrument */
export function readPairs(pairs: readonly unknown[]): readonly ToldListing[] {
  return pairs.flatMap((row) => {
    if (!isFields(row)) return [];
    const { symbol, price_increment: price, qty_increment: step, qty_min: least, cost_min: cost } = row;
    return typeof symbol !== 'string' ? [] : [listing(symbol, row['status'], price, step, least, cost)];
  });
}

/** The answer to `AssetPairs`. https://docs.kraken.com/api/docs/rest-api/get-tradable-asset-pairs */
export function readAssetPairs(result: Fields): readonly ToldListing[] {
  return Object.values(result).flatMap((row) => {
    if (!isFields(row)) return [];
    const { wsname, status, tick_size: price, ordermin: least, costmin: cost, lot_decimals: places } = row;
    return typeof wsname !== 'string' ? [] : [listing(wsname, status, price, stepOf(places), least, cost)];
  });
}

function listing(
  symbol: string,
  status: unknown,
  priceStep: unknown,
  quantityStep: unknown,
  leastQuantity: unknown,
  leastNotional: unknown,
): ToldListing {
  return {
    instrumentId: idOfSymbol(symbol) ?? '',
    symbol,
    status: status === 'online' ? 'trading' : 'halted',
    priceStep: toldAmount(priceStep),
    quantityStep: toldAmount(quantityStep),
    leastQuantity: toldAmount(leastQuantity),
    leastNotional: toldAmount(leastNotional),
  };
}

const MAX_PLACES = 12;

/** 8 places → `0.00000001`. */
function stepOf(places: unknown): string | null {
  if (typeof places !== 'number' || !Number.isInteger(places) || places < 0 || places > MAX_PLACES)
    return null;
  return places === 0 ? '1' : `0.${'0'.repeat(places - 1)}1`;
}
