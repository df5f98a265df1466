/** What every CandleStore promises. Instruments are fresh each run, so it may run over tables that others use. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decimal } from '../../../shared/domain/decimal.ts';
import type { CandleStore, StoredCandle } from '../../../shared/ports/candle-store.ts';
import { LimitExceeded } from '../../../shared/ports/state-store.ts';
import { freshInstrument } from './trade-store.ts';

export interface CandleStoreUnderTest {
  readonly candles: CandleStore;
  close(): Promise<void>;
}

const START_MS = 1_723_161_600_000;
const MINUTE_MS = 60_000;

export function describeCandleStore(name: string, open: () => Promise<CandleStoreUnderTest>): void {
  describe(`${name} keeps the promises of a CandleStore`, () => {
    let underTest: CandleStoreUnderTest;
    let candles: CandleStore;
    beforeAll(async () => {
      underTest = await open();
      candles = underTest.candles;
    });
    afterAll(async () => underTest.close());

    const latest = (instrumentId: string, limit = 10_000) =>
      candles.between(instrumentId, '1m', 0, START_MS * 2, limit);
    const first = (instrumentId: string, limit = 10_000) =>
      candles.asFirstClosed(instrumentId, '1m', 0, START_MS * 2, limit);

    it('gives back candles to the last digit, as soon as insert has resolved', async () => {
      const instrumentId = freshInstrument();
      const exact = [
        candleOf(instrumentId, 0, {
          open: decimal('61837.63'),
          low: decimal('0.000000000001'),
          quoteVolume: decimal('99999999999999999999999999.999999999999'),
          firstTradeId: 9_007_199_254_740_990,
          lastTradeId: 9_007_199_254_740_991,
          throughSequence: '49590338271490256608559692538361571095921575989136588898',
        }),
        candleOf(instrumentId, 1, { complete: false, takerBuyVolume: 0n, throughSequence: '0' }),
      ];
      await candles.insert(exact, { mayRepeat: false });
      expect(await latest(instrumentId)).toEqual(exact);
    });

    it('keeps the intervals of an instrument apart', async () => {
      const instrumentId = freshInstrument();
      const [second, minute] = [candleOf(instrumentId, 0, { interval: '1s' }), candleOf(instrumentId, 0)];
      await candles.insert([second, minute], { mayRepeat: false });
      expect(await candles.between(instrumentId, '1s', 0, START_MS * 2, 10)).toEqual([second]);
      expect(await latest(instrumentId)).toEqual([minute]);
      expect(await candles.between(instrumentId, '1d', 0, START_MS * 2, 10)).toEqual([]);
    });

    it('puts a later revision beside the first, and knows both', async () => {
      const instrumentId = freshInstrument();
      const [before, late, after] = [
        candleOf(instrumentId, 0),
        candleOf(instrumentId, 1),
        candleOf(instrumentId, 2),
      ];
      await candles.insert([before, late, after], { mayRepeat: false });
      const revised = { ...late, revision: 1, close: decimal('99.5'), tradeCount: 11, throughSequence: '12' };
      const revisedAgain = { ...revised, revision: 2, tradeCount: 12, throughSequence: '13' };
      await candles.insert([revisedAgain], { mayRepeat: false });
      await candles.insert([revised], { mayRepeat: false });
      expect(await latest(instrumentId)).toEqual([before, revisedAgain, after]);
      expect(await latest(instrumentId, 2)).toEqual([revisedAgain, after]);
      expect(await first(instrumentId)).toEqual([before, late, after]);
      expect(await candles.latestRevision(instrumentId, '1m', late.openTimeMs)).toEqual(revisedAgain);
      expect(await candles.latestRevision(instrumentId, '1m', before.openTimeMs)).toEqual(before);
      expect(await candles.latestRevision(instrumentId, '1m', START_MS - MINUTE_MS)).toBeNull();
    });

    it('reads the newest up to the limit, and as first closed the oldest', async () => {
      const instrumentId = freshInstrument();
      const minutes = [0, 1, 2, 3, 4].map((n) => candleOf(instrumentId, n));
      await candles.insert([...minutes].reverse(), { mayRepeat: false });
      expect(await latest(instrumentId, 2)).toEqual(minutes.slice(3));
      expect(await first(instrumentId, 2)).toEqual(minutes.slice(0, 2));
      const [from, to] = [START_MS + MINUTE_MS, START_MS + 3 * MINUTE_MS];
      expect(await candles.between(instrumentId, '1m', from, to, 10)).toEqual(minutes.slice(1, 3));
      expect(await candles.asFirstClosed(instrumentId, '1m', from, to, 10)).toEqual(minutes.slice(1, 3));
    });

    it('leaves out what an earlier attempt inserted, when told that it may repeat', async () => {
      const [instrumentId, other] = [freshInstrument(), freshInstrument()];
      const batch = [0, 1, 2].flatMap((n) => [
        candleOf(instrumentId, n),
        candleOf(other, n),
        candleOf(other, n, { interval: '1s' }),
      ]);
      await candles.insert(batch.slice(0, 4), { mayRepeat: false });
      await candles.insert(batch, { mayRepeat: true });
      await candles.insert([{ ...batch[0]!, revision: 1 }], { mayRepeat: true });
      expect((await latest(instrumentId)).map((candle) => candle.revision)).toEqual([1, 0, 0]);
      expect(await latest(other)).toEqual(
        batch.filter((candle) => candle.instrumentId === other && candle.interval === '1m'),
      );
    });

    it('shows a revision once even when it was inserted twice blindly', async () => {
      const instrumentId = freshInstrument();
      const minutes = [0, 1, 2].map((n) => candleOf(instrumentId, n));
      await candles.insert(minutes, { mayRepeat: false });
      await candles.insert(minutes.slice(1), { mayRepeat: false });
      expect(await latest(instrumentId)).toEqual(minutes);
      expect(await first(instrumentId, 3)).toEqual(minutes);
    });

    it('shows every candle although most rows are revisions', async () => {
      const instrumentId = freshInstrument();
      const minutes = Array.from({ length: 20 }, (_, n) => candleOf(instrumentId, n));
      const revised = (revision: number) => minutes.map((candle) => ({ ...candle, revision }));
      await candles.insert([0, 1, 2, 3, 4].flatMap(revised), { mayRepeat: false });
      expect(await latest(instrumentId, 15)).toEqual(revised(4).slice(5));
      expect(await latest(instrumentId)).toEqual(revised(4));
      expect(await first(instrumentId, 15)).toEqual(minutes.slice(0, 15));
    });

    it('knows the instruments that have a candle, in order of name', async () => {
      const instruments = [freshInstrument(), freshInstrument(), freshInstrument()];
      await candles.insert(
        instruments.map((instrumentId) => candleOf(instrumentId, 0)),
        { mayRepeat: false },
      );
      const known = await candles.instruments();
      expect([...known].sort()).toEqual(known);
      expect(known.filter((instrumentId) => instruments.includes(instrumentId))).toEqual(
        [...instruments].sort(),
      );
    });

    it('takes years of daily candles in one insert', async () => {
      const instrumentId = freshInstrument();
      const days = Array.from({ length: 4000 }, (_, n) =>
        candleOf(instrumentId, 0, { interval: '1d', openTimeMs: 1_400_025_600_000 + n * 86_400_000 }),
      );
      await candles.insert(days, { mayRepeat: false });
      expect(await candles.between(instrumentId, '1d', 0, START_MS * 2, 10_000)).toEqual(days);
    });

    it('knows every revision of some candles, each once', async () => {
      const instrumentId = freshInstrument();
      const all = [
        candleOf(instrumentId, 0),
        candleOf(instrumentId, 0, { revision: 1, close: decimal('101.1') }),
        candleOf(instrumentId, 1, { revision: 1 }),
        candleOf(instrumentId, 2),
      ];
      await candles.insert(all.toReversed(), { mayRepeat: false });
      await candles.insert(all.slice(0, 1), { mayRepeat: false });
      const times = [0, 1, 9].map((minute) => START_MS + minute * MINUTE_MS);
      expect(await candles.revisions(instrumentId, '1m', times)).toEqual(all.slice(0, 3));
      expect(await candles.revisions(instrumentId, '1s', times)).toEqual([]);
    });

    it('takes an empty insert as nothing to do', async () => {
      await candles.insert([], { mayRepeat: false });
      await candles.insert([], { mayRepeat: true });
    });

    it('refuses to read more than 10,000 candles at once, or none', async () => {
      for (const limit of [0, 10_001]) {
        await expect(latest(freshInstrument(), limit)).rejects.toThrow(LimitExceeded);
        await expect(first(freshInstrument(), limit)).rejects.toThrow(LimitExceeded);
      }
    });
  });
}

function candleOf(instrumentId: string, minute: number, fields: Partial<StoredCandle> = {}): StoredCandle {
  const openTimeMs = START_MS + minute * MINUTE_MS;
  return {
    instrumentId,
    interval: '1m',
    openTimeMs,
    open: decimal('100'),
    high: decimal('101.5'),
    low: decimal('99.25'),
    close: decimal('101'),
    volume: decimal('12.000000000001'),
    quoteVolume: decimal('1206.3'),
    takerBuyVolume: decimal('5.5'),
    tradeCount: 10,
    firstTradeId: 1000 + minute * 10,
    lastTradeId: 1009 + minute * 10,
    firstTimeMs: openTimeMs + 1,
    lastTimeMs: openTimeMs + MINUTE_MS - 1,
    closed: true,
    complete: true,
    revision: 0,
    throughSequence: '11',
    ...fields,
  };
}
