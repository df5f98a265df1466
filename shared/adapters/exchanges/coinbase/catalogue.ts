/** https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/public/list-public-products */
import { composed } from '../../../domain/market-data/instrument.ts';
import type { ToldListing } from '../symbol-directory.ts';
import { isFields, toldAmount, type Fields } from '../told-fields.ts';

/** Spot products; the others are of another market. */
export function readCatalogue(products: readonly unknown[]): readonly ToldListing[] {
  return products.flatMap((row) => (isFields(row) ? listingOf(row) : []));
}

/** Whether an answer to this address has all spot products. */
export function isWholeCatalogue(url: string, answer: Fields): boolean {
  const asked = URL.parse(url)?.searchParams;
  const { products, num_products: count } = answer;
  const isAll = typeof count !== 'number' || (Array.isArray(products) && products.length >= count);
  return isAll && asked?.get('product_type') === 'SPOT' && !asked.has('product_ids') && !asked.has('limit');
}

function listingOf(row: Fields): ToldListing[] {
  const { product_id: symbol, product_type: type, status } = row;
  if (typeof symbol !== 'string' || (type !== undefined && type !== 'SPOT')) return [];
  const isHalted = [
    row['trading_disabled'],
    row['is_disabled'],
    row['cancel_only'],
    row['view_only'],
  ].includes(true);
  return [
    {
      instrumentId: composed(`coinbase:${symbol}`),
      symbol,
      status: status === 'online' && !isHalted ? 'trading' : 'halted',
      priceStep: toldAmount(row['price_increment'] ?? row['quote_increment']),
      quantityStep: toldAmount(row['base_increment']),
      leastQuantity: toldAmount(row['base_min_size']),
      leastNotional: toldAmount(row['quote_min_size']),
    },
  ];
}
