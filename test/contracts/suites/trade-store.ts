/** What every TradeStore promises. Instruments are fresh each run, so it may run over tables that others use. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReceivedTrade } from '../../../shared/contracts/lane-rows.ts';
import { decimal } from '../../../shared/domain/decimal.ts';
import type { Trade } from '../../../shared/domain/market-data/trade.ts';
import { LimitExceeded } from '../../../shared/ports/state-store.ts';
import type { TradeStore } from '../../../shared/ports/trade-store.ts';

export interface TradeStoreUnderTest {
  readonly trades: TradeStore;
  close(): Promise<void>;
}

const START_MS = 1_723_161_600_000;

export function describeTradeStore(name: string, open: () => Promise<TradeStoreUnderTest>): void {
  describe(`${name} keeps the promises of a TradeStore`, () => {
    let underTest: TradeStoreUnderTest;
    let trades: TradeStore;
    beforeAll(async () => {
      underTest = await open();
      trades = underTest.trades;
    });
    afterAll(async () => underTest.close());

    const everyTrade = (instrumentId: string) => trades.between(instrumentId, 0, START_MS * 2, 10_000);

    it('gives back trades to the last digit, as soon as insert has resolved', async () => {
      const instrumentId = freshInstrument();
      const exact = [
        tradeOf(instrumentId, 1, { price: decimal('61837.63'), quantity: decimal('0.00001') }),
        tradeOf(instrumentId, 2, {
          price: decimal('0.000000000001'),
          quantity: decimal('0.123456789012'),
          takerSide: 'SELL',
        }),
        tradeOf(instrumentId, 3, {
          price: decimal('9223372.036854775808'),
          quantity: decimal('99999999999999999999999999'),
        }),
        tradeOf(instrumentId, 9_007_199_254_740_991, { timeMs: START_MS + 999 }),
        tradeOf(instrumentId, 0),
      ];
      await trades.insert(exact, { mayRepeat: false });
      expect(await everyTrade(instrumentId)).toEqual(onTape(exact));
    });

    it('orders by time, then by trade id as a number', async () => {
      const instrumentId = freshInstrument();
      const tape = [
        tradeOf(instrumentId, 9, { timeMs: START_MS }),
        tradeOf(instrumentId, 10, { timeMs: START_MS }),
        tradeOf(instrumentId, 8, { timeMs: START_MS + 1 }),
      ];
      await trades.insert([tape[2]!, tape[1]!], { mayRepeat: false });
      await trades.insert([tape[0]!], { mayRepeat: false });
      expect((await everyTrade(instrumentId)).map((trade) => trade.tradeId)).toEqual([9, 10, 8]);
    });

    it('reads from a time, up to but without another, and at most the limit', async () => {
      const instrumentId = freshInstrument();
      const tape = [0, 1, 2, 3, 4].map((n) => tradeOf(instrumentId, n, { timeMs: START_MS + n * 1000 }));
      await trades.insert(tape, { mayRepeat: false });
      const ids = async (fromMs: number, toMs: number, limit: number) =>
        (await trades.between(instrumentId, fromMs, toMs, limit)).map((trade) => trade.tradeId);
      expect(await ids(START_MS + 1000, START_MS + 3000, 10)).toEqual([1, 2]);
      expect(await ids(START_MS + 1001, START_MS + 3001, 10)).toEqual([2, 3]);
      expect(await ids(0, START_MS * 2, 2)).toEqual([0, 1]);
      expect(await ids(START_MS, START_MS, 10)).toEqual([]);
    });

    it('knows the latest trade of an instrument, and that there is none', async () => {
      const instrumentId = freshInstrument();
      expect(await trades.latest(instrumentId)).toBeNull();
      const late = tradeOf(instrumentId, 20, { timeMs: START_MS + 5 });
      const others = [tradeOf(instrumentId, 30), tradeOf(instrumentId, 9, { timeMs: START_MS + 5 })];
      for (const trade of [others[1]!, late, ...others]) await trades.insert([trade], { mayRepeat: false });
      expect(await trades.latest(instrumentId)).toEqual(onTape([late])[0]);
    });

    it('knows the latest trade before a time', async () => {
      const instrumentId = freshInstrument();
      const tape = [0, 1, 2].map((n) => tradeOf(instrumentId, n, { timeMs: START_MS + n * 1000 }));
      await trades.insert(tape, { mayRepeat: false });
      const before = async (timeMs: number) => (await trades.latest(instrumentId, timeMs))?.tradeId ?? null;
      expect(await before(START_MS + 2000)).toBe(1);
      expect(await before(START_MS + 2001)).toBe(2);
      expect(await before(START_MS)).toBeNull();
    });

    it('knows a trade by its time and its id, and says which it had not', async () => {
      const instrumentId = freshInstrument();
      const tape = [tradeOf(instrumentId, 7), tradeOf(instrumentId, 8, { timeMs: START_MS + 500 })];
      expect(await trades.insert(tape, { mayRepeat: false })).toEqual(tape);
      // A venue whose ids began anew used this one again.
      const again = tradeOf(instrumentId, 7, { timeMs: START_MS + 900 });
      expect(await trades.insert([...tape, again, again], { mayRepeat: true })).toEqual([again]);
      expect(await everyTrade(instrumentId)).toEqual(onTape([...tape, again]));
    });

    it('counts of each candle the trades that had been received by a time, each once', async () => {
      const instrumentId = freshInstrument();
      const tape = [
        tradeOf(instrumentId, 1, { timeMs: START_MS, receivedAtMs: START_MS + 50 }),
        tradeOf(instrumentId, 2, { timeMs: START_MS + 999, receivedAtMs: START_MS + 5000 }),
        tradeOf(instrumentId, 3, { timeMs: START_MS + 1000, receivedAtMs: START_MS + 1050 }),
        tradeOf(instrumentId, 4, { timeMs: START_MS + 2000, receivedAtMs: START_MS + 2050 }),
      ];
      await trades.insert(tape, { mayRepeat: false });
      await trades.insert(tape.slice(0, 1), { mayRepeat: false });
      const received = async (afterMs: number) =>
        [
          ...(await trades.receivedBy(
            instrumentId,
            '1s',
            [START_MS, START_MS + 1000, START_MS + 7000],
            START_MS + afterMs,
          )),
        ].toSorted(([a], [b]) => a - b);
      expect(await received(49)).toEqual([]);
      expect(await received(4999)).toEqual([
        [START_MS, 1],
        [START_MS + 1000, 1],
      ]);
      expect(await received(5000)).toEqual([
        [START_MS, 2],
        [START_MS + 1000, 1],
      ]);
    });

    it('keeps what is said against a trade', async () => {
      const instrumentId = freshInstrument();
      const tape = [
        tradeOf(instrumentId, 1, { quality: 5 }),
        tradeOf(instrumentId, 2, { timeMs: START_MS + 1 }),
      ];
      await trades.insert(tape, { mayRepeat: false });
      expect(await everyTrade(instrumentId)).toEqual(onTape(tape));
    });

    it('leaves out what an earlier attempt inserted, when told that it may repeat', async () => {
      const [instrumentId, other] = [freshInstrument(), freshInstrument()];
      const tape = Array.from({ length: 50 }, (_, n) =>
        tradeOf(n % 2 === 0 ? instrumentId : other, n, { timeMs: START_MS + n }),
      );
      await trades.insert(tape.slice(0, 30), { mayRepeat: false });
      await trades.insert(tape.slice(10), { mayRepeat: true });
      await trades.insert(tape, { mayRepeat: true });
      expect(await everyTrade(instrumentId)).toEqual(
        onTape(tape.filter((trade) => trade.instrumentId === instrumentId)),
      );
      expect(await everyTrade(other)).toEqual(onTape(tape.filter((trade) => trade.instrumentId === other)));
    });

    it('shows a trade once even when it was inserted twice blindly', async () => {
      const instrumentId = freshInstrument();
      const tape = [1, 2, 3].map((n) => tradeOf(instrumentId, n));
      await trades.insert(tape, { mayRepeat: false });
      await trades.insert(tape.slice(1), { mayRepeat: false });
      expect(await everyTrade(instrumentId)).toEqual(onTape(tape));
      expect((await trades.between(instrumentId, 0, START_MS * 2, 2)).map((trade) => trade.tradeId)).toEqual([
        1, 2,
      ]);
    });

    it('shows every trade although most rows are repetitions', async () => {
      const instrumentId = freshInstrument();
      const tape = Array.from({ length: 40 }, (_, n) => tradeOf(instrumentId, n, { timeMs: START_MS + n }));
      for (let time = 0; time < 5; time++) await trades.insert(tape, { mayRepeat: false });
      expect(await trades.between(instrumentId, 0, START_MS * 2, 30)).toEqual(onTape(tape.slice(0, 30)));
      expect(await everyTrade(instrumentId)).toEqual(onTape(tape));
    });

    it('keeps the same trade id of two instruments apart', async () => {
      const [instrumentId, other] = [freshInstrument(), freshInstrument()];
      await trades.insert([tradeOf(instrumentId, 7)], { mayRepeat: false });
      await trades.insert([tradeOf(other, 7)], { mayRepeat: true });
      expect(await trades.latest(other)).toEqual(onTape([tradeOf(other, 7)])[0]);
    });

    it('takes an empty insert as nothing to do', async () => {
      await trades.insert([], { mayRepeat: false });
      await trades.insert([], { mayRepeat: true });
    });

    it('refuses to read more than 10,000 trades at once, or none', async () => {
      for (const limit of [0, 10_001]) {
        await expect(trades.between(freshInstrument(), 0, START_MS, limit)).rejects.toThrow(LimitExceeded);
      }
    });
  });
}

export function freshInstrument(): string {
  return `test:T${randomBytes(7).toString('hex').toUpperCase()}-USDT`;
}

function tradeOf(instrumentId: string, tradeId: number, fields: Partial<ReceivedTrade> = {}): ReceivedTrade {
  return {
    instrumentId,
    tradeId,
    price: decimal('100.5'),
    quantity: decimal('2'),
    takerSide: 'BUY',
    timeMs: START_MS,
    receivedAtMs: START_MS + 3,
    ...fields,
  };
}

/** What the store gives back: the trades without the time they were received, in order of the tape. */
function onTape(trades: readonly ReceivedTrade[]): Trade[] {
  return trades
    .map(({ receivedAtMs: _, ...trade }) => trade)
    .sort((a, b) => a.timeMs - b.timeMs || a.tradeId - b.tradeId);
}
