/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-endpoints#exchange-information */
import { composed } from '../../../domain/market-data/instrument.ts';
import type { ToldListing } from '../symbol-directory.ts';
import { isFields, toldAmount, type Fields } from '../told-fields.ts';

/** Whether an address asks for all that there is: what such a catalogue leaves out is not listed. */
export function isWholeCatalogue(url: string): boolean {
  const asked = URL.parse(url)?.searchParams;
  return (
    asked !== undefined && !['symbol', 'symbols', 'symbolStatus', 'permissions'].some((key) => asked.has(key))
  );
}

export function readCatalogue(symbols: readonly unknown[]): readonly ToldListing[] {
  return symbols.flatMap((row) => (isFields(row) ? listingOf(row) : []));
}

function listingOf({
  symbol,
  status,
  baseAsset,
  quoteAsset,
  isSpotTradingAllowed,
  filters,
}: Fields): ToldListing[] {
  if (typeof symbol !== 'string' || typeof baseAsset !== 'string' || typeof quoteAsset !== 'string')
    return [];
  const rules = new Map(
    (Array.isArray(filters) ? (filters as unknown[]) : []).flatMap((rule) =>
      isFields(rule) ? [[rule['filterType'], rule] as const] : [],
    ),
  );
  const lot = rules.get('LOT_SIZE');
  return [
    {
      instrumentId: composed(`binance:${baseAsset}-${quoteAsset}`),
      symbol,
      status: status === 'TRADING' && isSpotTradingAllowed !== false ? 'trading' : 'halted',
      priceStep: toldAmount(rules.get('PRICE_FILTER')?.['tickSize']),
      quantityStep: toldAmount(lot?.['stepSize']),
      leastQuantity: toldAmount(lot?.['minQty']),
      leastNotional: toldAmount((rules.get('NOTIONAL') ?? rules.get('MIN_NOTIONAL'))?.['minNotional']),
    },
  ];
}
