import type { Candle } from '../../../shared/domain/candles/candle.ts';
import { intervalMs, openTimeOf, type Interval } from '../../../shared/domain/candles/interval.ts';
import { refoldTrades } from '../../../shared/domain/candles/refold.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import { flaggedWith, UNFLAGGED } from '../../../shared/domain/market-data/quality-flags.ts';
import type { Trade } from '../../../shared/domain/market-data/trade.ts';

/** Trades by (time, id), each once. */
type Distinct = Map<string, Trade>;

interface Part {
  /** Of the candle. */
  readonly trades: Distinct;
  /** The first and the last behind it, up to the next candle in doubt. */
  first: Trade | null;
  last: Trade | null;
}

const emptyPart = (): Part => ({ trades: new Map(), first: null, last: null });

/**
 * Candles that trades fell into of which their fold could not tell whether they were known: made again of all trades of the
 * tape, as the platform does it of those that it has stored. Only the trades of these candles are kept.
 */
export class DoubtfulCandles {
  readonly #interval: Interval;
  /** Flags of doubts, by trade, and how often it was told without one: a trade that was known has no flag by being told again. */
  readonly #doubts = new Map<string, { quality: number; untold: number }>();
  readonly #openTimes = new Map<InstrumentId, Set<number>>();
  /** Before the first, and from each candle on. */
  readonly #parts = new Map<
    InstrumentId,
    { readonly openTimes: readonly number[]; readonly parts: Part[] }
  >();

  constructor(interval: Interval) {
    this.#interval = interval;
  }

  get isEmpty(): boolean {
    return this.#openTimes.size === 0;
  }

  doubt(trade: Trade): void {
    const { instrumentId, timeMs, quality = UNFLAGGED } = trade;
    if (quality !== UNFLAGGED) {
      const known = this.#doubts.get(nameOf(trade)) ?? { quality: UNFLAGGED, untold: 0 };
      this.#doubts.set(nameOf(trade), { quality: known.quality | quality, untold: known.untold - 1 });
    }
    const openTimes = this.#openTimes.get(instrumentId) ?? new Set();
    this.#openTimes.set(instrumentId, openTimes.add(openTimeOf(timeMs, this.#interval)));
  }

  /** To be called with each trade of the tape, once all doubts are known. */
  take(trade: Trade): void {
    const known = this.#partsOf(trade.instrumentId);
    if (known === null) return;
    const doubt = this.#doubts.get(nameOf(trade));
    if (doubt !== undefined) doubt.untold++;
    const { openTimes, parts } = known;
    const at = lastUpTo(openTimes, trade.timeMs);
    const part = parts[at + 1]!;
    const opened = openTimes[at];
    if (opened !== undefined && trade.timeMs < opened + intervalMs(this.#interval)) {
      const key = `${trade.timeMs} ${trade.tradeId}`;
      // What is told once more is stored as it was told first.
      if (!part.trades.has(key)) part.trades.set(key, trade);
      return;
    }
    if (part.first === null || compareTrades(trade, part.first) < 0) part.first = trade;
    if (part.last === null || compareTrades(trade, part.last) > 0) part.last = trade;
  }

  /** As if they were closed. */
  candles(): Candle[] {
    return [...this.#parts.values()].flatMap(({ parts }) =>
      parts.flatMap((part, n) => {
        const trades = onTape(part).map((trade) => this.#flagged(trade));
        if (trades.length === 0) return [];
        const before = lastOf(parts.slice(0, n));
        const after = part.first ?? firstOf(parts.slice(n + 1));
        return refoldTrades(trades, this.#interval, { before, after });
      }),
    );
  }

  #flagged(trade: Trade): Trade {
    const doubt = this.#doubts.get(nameOf(trade));
    return doubt?.untold === 0 ? flaggedWith(trade, doubt.quality) : trade;
  }

  #partsOf(instrumentId: InstrumentId) {
    const known = this.#parts.get(instrumentId);
    if (known !== undefined) return known;
    const openTimes = [...(this.#openTimes.get(instrumentId) ?? [])].sort((a, b) => a - b);
    if (openTimes.length === 0) return null;
    const parts = [emptyPart(), ...openTimes.map(emptyPart)];
    const made = { openTimes, parts };
    this.#parts.set(instrumentId, made);
    return made;
  }
}

function nameOf({ instrumentId, timeMs, tradeId }: Trade): string {
  return `${instrumentId} ${timeMs} ${tradeId}`;
}

/** −1: all are later. */
function lastUpTo(times: readonly number[], timeMs: number): number {
  let [low, high] = [-1, times.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (times[middle]! <= timeMs) low = middle;
    else high = middle - 1;
  }
  return low;
}

function compareTrades(a: Trade, b: Trade): number {
  return a.timeMs - b.timeMs || a.tradeId - b.tradeId;
}

function onTape({ trades }: Part): Trade[] {
  return [...trades.values()].sort(compareTrades);
}

function lastOf(parts: readonly Part[]): Trade | null {
  for (const part of parts.toReversed()) {
    const last = part.last ?? onTape(part).at(-1);
    if (last !== undefined) return last;
  }
  return null;
}

function firstOf(parts: readonly Part[]): Trade | null {
  for (const part of parts) {
    const first = onTape(part)[0] ?? part.first;
    if (first !== null) return first;
  }
  return null;
}
