/** What every TradeStore promises of sums over stretches of time: those that the domain makes of the trades. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ReceivedTrade } from '../../../shared/contracts/lane-rows.ts';
import { decimal } from '../../../shared/domain/decimal.ts';
import type { Side } from '../../../shared/domain/market-data/trade.ts';
import type { TradeStore } from '../../../shared/ports/trade-store.ts';
import { spanOf } from '../../../shared/adapters/memory/memory-trade-store.ts';
import { freshInstrument, type TradeStoreUnderTest } from './trade-store.ts';

const DAY_MS = 1_723_161_600_000;
const STEP_MS = 10_000;

/** Up to the greatest that a venue is believed, with all of their places. */
const amount = fc.oneof(
  fc.bigInt({ min: 1n, max: 10n ** 15n }),
  fc.bigInt({ min: 1n, max: 10n ** 21n }),
  fc.constantFrom(1n, 999_999_999_999n, 10n ** 12n, 10n ** 21n - 1n),
);

export function describeTradeSpans(name: string, open: () => Promise<TradeStoreUnderTest>): void {
  describe(`${name} sums trades`, () => {
    let underTest: TradeStoreUnderTest;
    let trades: TradeStore;
    beforeAll(async () => {
      underTest = await open();
      trades = underTest.trades;
    });
    afterAll(async () => underTest.close());

    const tapes = fc.array(
      fc.record({
        timeMs: fc.integer({ min: DAY_MS, max: DAY_MS + 60_000 }),
        tradeId: fc.integer({ min: 0, max: 30 }),
        price: amount,
        quantity: amount,
        takerSide: fc.constantFrom<Side>('BUY', 'SELL'),
        quality: fc.constantFrom(0, 0, 1, 2 ** 30),
        times: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 40 },
    );

    it('of each stretch to the last digit, each once, however often and in whichever order they came', async () => {
      await fc.assert(
        fc.asyncProperty(tapes, async (made) => {
          const instrumentId = freshInstrument();
          const known = new Map(made.map((one) => [`${one.timeMs} ${one.tradeId}`, one]));
          const tape = [...known.values()].map(({ quality, times: _, ...rest }): ReceivedTrade => ({
            ...rest,
            instrumentId,
            receivedAtMs: rest.timeMs,
            ...(quality === 0 ? {} : { quality }),
          }));
          for (let time = 1; time <= 3; time++) {
            const again = tape.filter((_, n) => [...known.values()][n]!.times >= time);
            if (again.length > 0) await trades.insert(again, { mayRepeat: false });
          }
          const inOrder = tape.toSorted((a, b) => a.timeMs - b.timeMs || a.tradeId - b.tradeId);
          const steps = Map.groupBy(inOrder, ({ timeMs }) => timeMs - (timeMs % STEP_MS));
          const spans = await trades.spans(instrumentId, DAY_MS, DAY_MS + 120_000, STEP_MS);
          expect(spans).toEqual([...steps].map(([openTimeMs, within]) => spanOf(openTimeMs, within)));
        }),
        { numRuns: 60 },
      );
    });

    it('from a time, up to but without another, of one instrument', async () => {
      const [instrumentId, other] = [freshInstrument(), freshInstrument()];
      const at = (tradeId: number, timeMs: number, of = instrumentId): ReceivedTrade => ({
        instrumentId: of,
        tradeId,
        timeMs,
        price: decimal('10'),
        quantity: decimal('1'),
        takerSide: 'BUY',
        receivedAtMs: timeMs,
      });
      await trades.insert(
        [
          at(1, DAY_MS - 1),
          at(2, DAY_MS),
          at(3, DAY_MS + STEP_MS - 1),
          at(4, DAY_MS + STEP_MS),
          at(5, DAY_MS + 3 * STEP_MS),
          at(6, DAY_MS, other),
        ],
        { mayRepeat: false },
      );
      const spans = await trades.spans(instrumentId, DAY_MS, DAY_MS + 3 * STEP_MS, STEP_MS);
      expect(
        spans.map((span) => [span.openTimeMs, span.firstTradeId, span.lastTradeId, span.tradeCount]),
      ).toEqual([
        [DAY_MS, 2, 3, 2],
        [DAY_MS + STEP_MS, 4, 4, 1],
      ]);
      expect(await trades.spans(freshInstrument(), DAY_MS, DAY_MS + STEP_MS, STEP_MS)).toEqual([]);
    });
  });
}
