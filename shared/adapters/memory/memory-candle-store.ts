import type { Interval } from '../../domain/candles/interval.ts';
import type { InstrumentId } from '../../domain/market-data/instrument.ts';
import type { CandleStore, StoredCandle } from '../../ports/candle-store.ts';
import { LimitExceeded } from '../../ports/state-store.ts';

const MAX_CANDLES = 10_000;

/** Candles in an array. */
export class MemoryCandleStore implements CandleStore {
  readonly #candles: StoredCandle[] = [];

  async insert(
    candles: readonly StoredCandle[],
    { mayRepeat }: { readonly mayRepeat: boolean },
  ): Promise<void> {
    for (const candle of candles) {
      if (!mayRepeat || !this.#candles.some((known) => sameRevision(known, candle)))
        this.#candles.push(candle);
    }
  }

  async latestRevision(
    instrumentId: InstrumentId,
    interval: Interval,
    openTimeMs: number,
  ): Promise<StoredCandle | null> {
    const [found] = latestRevisions(this.#select(instrumentId, interval, openTimeMs, openTimeMs + 1));
    return found ?? null;
  }

  async between(
    instrumentId: InstrumentId,
    interval: Interval,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly StoredCandle[]> {
    checkLimit(limit);
    return latestRevisions(this.#select(instrumentId, interval, fromMs, toMs)).slice(-limit);
  }

  async asFirstClosed(
    instrumentId: InstrumentId,
    interval: Interval,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly StoredCandle[]> {
    checkLimit(limit);
    const first = this.#select(instrumentId, interval, fromMs, toMs).filter(({ revision }) => revision === 0);
    return latestRevisions(first).slice(0, limit);
  }

  async revisions(
    instrumentId: InstrumentId,
    interval: Interval,
    openTimesMs: readonly number[],
  ): Promise<readonly StoredCandle[]> {
    checkLimit(openTimesMs.length);
    return this.#select(instrumentId, interval, 0, Infinity)
      .filter(({ openTimeMs }) => openTimesMs.includes(openTimeMs))
      .filter((candle, n, all) => all.findIndex((known) => sameRevision(known, candle)) === n)
      .sort((a, b) => a.openTimeMs - b.openTimeMs || a.revision - b.revision);
  }

  async instruments(): Promise<readonly InstrumentId[]> {
    return [...new Set(this.#candles.map(({ instrumentId }) => instrumentId))].sort();
  }

  #select(instrumentId: InstrumentId, interval: Interval, fromMs: number, toMs: number): StoredCandle[] {
    return this.#candles.filter(
      (candle) =>
        candle.instrumentId === instrumentId &&
        candle.interval === interval &&
        fromMs <= candle.openTimeMs &&
        candle.openTimeMs < toMs,
    );
  }
}

function checkLimit(limit: number): void {
  if (limit < 1 || limit > MAX_CANDLES)
    throw new LimitExceeded(`expected 1 to ${MAX_CANDLES} candles, not ${limit}`);
}

function sameRevision(a: StoredCandle, b: StoredCandle): boolean {
  return (
    a.instrumentId === b.instrumentId &&
    a.interval === b.interval &&
    a.openTimeMs === b.openTimeMs &&
    a.revision === b.revision
  );
}

function latestRevisions(candles: readonly StoredCandle[]): StoredCandle[] {
  const latest = new Map<number, StoredCandle>();
  for (const candle of candles) {
    const known = latest.get(candle.openTimeMs);
    if (known === undefined || candle.revision > known.revision) latest.set(candle.openTimeMs, candle);
  }
  return [...latest.values()].sort((a, b) => a.openTimeMs - b.openTimeMs);
}
