import type { SymbolDirectory } from '../../shared/adapters/exchanges/symbol-directory.ts';
import type { Venue } from '../../shared/adapters/exchanges/venue.ts';
import { composed, pairOf, type InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { nearestNames } from '../../shared/domain/nearest-names.ts';
import { liveVenue, LiveRefused } from './live-venue.ts';

/** Of one process. */
const MAX_INSTRUMENTS = 200;
const NAMES_SHOWN = 3;

/**
 * Reads what a user asked for.
 * @param symbols the venue's own (`BTCUSDT`), `BTC-USDT`, or instrument ids.
 * @param directory what the venue lists; left out where that is not known.
 * @throws LiveRefused naming the first that is wrong.
 */
export function chooseInstruments(
  exchange: string,
  symbols: readonly string[],
  directory?: SymbolDirectory,
): InstrumentId[] {
  const { venue } = liveVenue(exchange);
  const instrumentIds = symbols.map((symbol) => chosen(venue, symbol.trim(), directory));
  const distinct = [...new Set(instrumentIds)].sort();
  if (distinct.length >= 1 && distinct.length <= MAX_INSTRUMENTS) return distinct;
  throw new LiveRefused(`live: expected 1 to ${MAX_INSTRUMENTS} symbols, got ${distinct.length}`);
}

function chosen(venue: Venue, symbol: string, directory: SymbolDirectory | undefined): InstrumentId {
  const { exchange } = venue;
  const name = JSON.stringify(symbol);
  const instrumentId = venue.readInstrument(symbol, directory);
  const listing = instrumentId === null ? null : directory?.listingOf(instrumentId);
  if (instrumentId !== null && (directory?.isWhole !== true || listing?.status === 'trading'))
    return instrumentId;
  if (directory?.isWhole !== true)
    throw new LiveRefused(`live: ${name} is not a pair of ${exchange}, expected one such as BTC-USDT`);
  const nearest = nearestOf(symbol, directory);
  if (listing !== null && listing !== undefined && listing.status !== 'delisted')
    throw new LiveRefused(
      `live: ${name} is listed by ${exchange} and does not trade now, expected one that does${nearest}`,
    );
  throw new LiveRefused(
    `live: ${name} is not listed by ${exchange}, expected a pair of its catalogue${nearest}`,
  );
}

/** Those that trade, by their pairs: what was meant is seldom further away than a letter or two. */
function nearestOf(symbol: string, directory: SymbolDirectory): string {
  const given = composed(symbol.includes(':') ? pairOf(symbol) : symbol)
    .toUpperCase()
    .replace(/[-/]/, '');
  const pairs = new Map<string, string>();
  for (const { instrumentId, status } of directory.listings()) {
    const pair = pairOf(instrumentId);
    if (status === 'trading') pairs.set(pair.replace('-', ''), pair);
  }
  const names = nearestNames(given, pairs.keys(), NAMES_SHOWN).map((name) => pairs.get(name)!);
  return names.length === 0 ? '' : `, nearest: ${names.join(', ')}`;
}
