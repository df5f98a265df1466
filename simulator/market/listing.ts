import { EXCHANGES, type Exchange } from '../../shared/domain/market-data/exchanges.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { assetOf } from '../familiar-assets.ts';

/** An asset as one venue lists it. Prices are counted in ticks, quantities in steps. */
export interface Listing {
  readonly exchange: Exchange;
  readonly instrumentId: InstrumentId;
  readonly base: string;
  readonly quote: string;
  /** Of the asset, the same at every venue. */
  readonly asset: number;
  /** Places of a tick: 2 for 0.01. */
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  /** About what it costs. */
  readonly levelTicks: number;
  /** Between two prices at which somebody may offer; each lies somewhere within such a piece. */
  readonly gridTicks: number;
  /** Quantities in the book are some hundred of these. */
  readonly lotSteps: number;
}

const QUOTES: Readonly<Record<Exchange, string>> = { binance: 'USDT', coinbase: 'USD', kraken: 'USD' };
/** A lot is worth about so much. */
const LOT_VALUE = 20;
const GRIDS_A_PRICE = 20_000;

/** The first assets of the market at a venue. */
export function listingsOf(exchange: Exchange, count: number): readonly Listing[] {
  return Array.from({ length: count }, (_, asset) => listingOf(exchange, asset));
}

function listingOf(exchange: Exchange, asset: number): Listing {
  const [base, price] = assetOf(asset);
  const quote = QUOTES[exchange];
  const priceDecimals = price >= 10_000 ? 2 : price >= 100 ? 3 : 4;
  const quantityDecimals = exchange === 'binance' ? 6 : 8;
  const levelTicks = price * 10 ** priceDecimals;
  return {
    exchange,
    instrumentId: `${exchange}:${base}-${quote}`,
    base,
    quote,
    asset,
    priceDecimals,
    quantityDecimals,
    levelTicks,
    gridTicks: Math.max(1, Math.round(levelTicks / GRIDS_A_PRICE)),
    lotSteps: Math.max(1, Math.round((LOT_VALUE / price) * 10 ** quantityDecimals)),
  };
}

/** Numbers that differ for each instrument of each venue, to tell chance apart. */
export function channelOf({ exchange, asset }: Listing): number {
  return asset * EXCHANGES.length + EXCHANGES.indexOf(exchange);
}

/** `6026261`, 2 → `60262.61`. */
export function fixed(units: number, decimals: number): string {
  if (decimals === 0) return String(units);
  const digits = String(units).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
