/** What every QualityStore promises. Instruments are fresh each run, so it may run over tables that others use. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { qualityEvent, type QualityEvent } from '../../../shared/domain/market-data/quality-event.ts';
import { LimitExceeded } from '../../../shared/ports/state-store.ts';
import type { QualityRange, QualityStore } from '../../../shared/ports/quality-store.ts';

const START_MS = 1_723_161_600_000;

const freshInstrument = (exchange = 'binance'): string =>
  `${exchange}:T${randomBytes(6).toString('hex').toUpperCase()}-USDT`;

function eventOf(instrumentId: string, ms: number, change: Partial<QualityEvent> = {}): QualityEvent {
  const atMs = START_MS + ms;
  return qualityEvent({
    ...{ instrumentId, flag: 'spike', subject: 'trade', atMs, toMs: atMs + 1000 },
    what: "trade 7 at 5: it's 'wild' \\ ✓",
    ...change,
  });
}

const rangeOf = (instrumentId: string | null, change: Partial<QualityRange> = {}): QualityRange => ({
  ...{ venue: null, instrumentId, flag: null, fromMs: 0, toMs: START_MS * 2, before: null, limit: 1000 },
  ...change,
});

export function describeQualityStore(name: string, open: () => QualityStore): void {
  describe(`${name} keeps the promises of a QualityStore`, () => {
    it('gives back what was inserted, as soon as insert has resolved, newest first', async () => {
      const store = open();
      const id = freshInstrument();
      const events = [
        eventOf(id, 0),
        eventOf(id, 1000),
        eventOf(id, 2000, { flag: 'gap', subject: 'candle' }),
      ];
      await store.insert(events);
      expect(await store.newest(rangeOf(id))).toEqual(events.toReversed());
    });

    it('keeps what comes again as it was, though it says something else, and within one insert', async () => {
      const store = open();
      const id = freshInstrument();
      const [first, second] = [eventOf(id, 0), eventOf(id, 1000)];
      await store.insert([first, { ...first, what: 'once more' }]);
      await store.insert([{ ...first, what: 'and again' }, second]);
      expect(await store.newest(rangeOf(id))).toEqual([second, first]);
    });

    it('is asked by venue, instrument, flag and time', async () => {
      const store = open();
      const [binance, kraken] = [freshInstrument(), freshInstrument('kraken')];
      const events = [eventOf(binance, 0), eventOf(binance, 0, { flag: 'reset' }), eventOf(kraken, 5000)];
      await store.insert(events);
      expect(await store.newest(rangeOf(binance, { flag: 'reset' }))).toEqual([events[1]]);
      expect(await store.newest(rangeOf(kraken, { venue: 'binance' }))).toEqual([]);
      expect(await store.newest(rangeOf(kraken, { venue: 'kraken' }))).toEqual([events[2]]);
      expect(await store.newest(rangeOf(kraken, { toMs: START_MS + 5000 }))).toEqual([]);
      expect(await store.newest(rangeOf(kraken, { fromMs: START_MS + 5000 }))).toEqual([events[2]]);
    });

    it('gives pages, each going on where the one before ended, within an instant too', async () => {
      const store = open();
      const id = freshInstrument();
      const flags = ['gap', 'reset', 'spike'] as const;
      await store.insert([0, 1000].flatMap((ms) => flags.map((flag) => eventOf(id, ms, { flag }))));
      const all = await store.newest(rangeOf(id));
      const first = await store.newest(rangeOf(id, { limit: 2 }));
      const second = await store.newest(rangeOf(id, { limit: 2, before: first[1]! }));
      const third = await store.newest(rangeOf(id, { limit: 3, before: second[1]! }));
      expect([...first, ...second, ...third]).toEqual(all);
      expect(all).toHaveLength(6);
    });

    it('refuses to read nothing, or without a bound', async () => {
      for (const limit of [0, 10_001])
        await expect(open().newest(rangeOf(null, { limit }))).rejects.toThrow(LimitExceeded);
    });
  });
}
