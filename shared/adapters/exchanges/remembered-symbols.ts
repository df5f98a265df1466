import type { InstrumentId } from '../../domain/market-data/instrument.ts';

/** Symbols come out of messages: past this many somebody is making them up, and they are not remembered. */
const MAX_REMEMBERED = 10_000;

/** Reads each symbol once: every trade of an instrument names it, and all that follows finds it by the same text. */
export function rememberingSymbols(
  read: (symbol: string) => InstrumentId | null,
): (symbol: string) => InstrumentId | null {
  const remembered = new Map<string, InstrumentId>();
  return (symbol) => {
    const known = remembered.get(symbol);
    if (known !== undefined) return known;
    const instrumentId = read(symbol);
    if (instrumentId !== null && remembered.size < MAX_REMEMBERED) remembered.set(symbol, instrumentId);
    return instrumentId;
  };
}
