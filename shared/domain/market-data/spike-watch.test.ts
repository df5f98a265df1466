import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SpikeWatch, type PricedTrade } from './spike-watch.ts';

const INSTRUMENT = 'binance:BTC-USDT';
const START_MS = 1_772_323_200_000;

/** One trade a second, or as far apart as is said. */
function tape(prices: readonly (string | number)[], everyMs = 1000): PricedTrade[] {
  return prices.map((price, n) => ({ tradeId: n + 1, timeMs: START_MS + n * everyMs, price: String(price) }));
}

function spikesIn(trades: readonly PricedTrade[], watch = new SpikeWatch()): number[] {
  return trades.filter((trade) => watch.isSpike(INSTRUMENT, trade)).map(({ tradeId }) => tradeId);
}

/** A market that wanders by some hundredths of a percent. */
const calm = (length: number): number[] => Array.from({ length }, (_, n) => 1000 + ((n * 7) % 11) / 10);

describe('a price far outside of what was traded', () => {
  it('is a spike, upwards and downwards, and what follows it is none', () => {
    expect(spikesIn(tape([...calm(20), 5000, ...calm(3), 200, ...calm(3)]))).toEqual([21, 25]);
  });

  it('is one beside other spikes: a tenth of wild prices does not move a median', () => {
    const prices = calm(60).map((price, n) => (n >= 20 && n % 10 === 0 ? price * 5 : price));
    expect(spikesIn(tape(prices))).toEqual([21, 31, 41, 51]);
  });

  it('is none of an instrument of which it is the price', () => {
    const watch = new SpikeWatch();
    expect(spikesIn(tape(calm(20)), watch)).toEqual([]);
    expect(tape(calm(20).map((price) => price * 5)).some((trade) => watch.isSpike('kraken:X-Y', trade))).toBe(
      false,
    );
  });

  it('is a price like any other once it has lasted for half of the window', () => {
    const spikes = spikesIn(tape([...calm(30), ...calm(100).map((price) => price * 1.2)]));
    expect(spikes.length).toBeGreaterThan(0);
    expect(Math.max(...spikes)).toBeLessThanOrEqual(30 + 16);
  });

  it('is not known of the first trades, nor of a market that is traded once a minute', () => {
    expect(spikesIn(tape([...calm(9), 5000]))).toEqual([]);
    expect(spikesIn(tape([...calm(10), 5000]))).toEqual([11]);
    expect(spikesIn(tape([...calm(40), 5000], 60_000))).toEqual([]);
  });

  it('is none behind a pause of five minutes: what was before is of another market', () => {
    const [before, behind] = [tape(calm(20)), tape([5000])];
    const late = behind.map((trade) => ({ ...trade, tradeId: 99, timeMs: START_MS + 320_000 }));
    expect(spikesIn([...before, ...late])).toEqual([]);
  });

  it('is none where the ids of the venue begin anew', () => {
    const before = tape(calm(30)).map((trade) => ({ ...trade, tradeId: trade.tradeId + 1000 }));
    const anew = tape([...calm(30), ...calm(10).map((price) => price * 5)]).slice(30);
    expect(spikesIn([...before, ...anew.map((trade, n) => ({ ...trade, tradeId: n + 1 }))])).toEqual([]);
    expect(spikesIn([...before, ...anew.map((trade, n) => ({ ...trade, tradeId: n + 1031 }))])).toHaveLength(
      10,
    );
  });

  it('moves by two percent in a market that stood still, and by more in one that swings', () => {
    expect(spikesIn(tape([...Array<string>(20).fill('1000.00'), '1020.00', '1020.01']))).toEqual([22]);
    const swinging = Array.from({ length: 20 }, (_, n) => 1000 + 10 * (n % 5));
    expect(spikesIn(tape([...swinging, 1150]))).toEqual([]);
    expect(spikesIn(tape([...swinging, 1190]))).toEqual([21]);
  });

  it('is more than three steps away where a step is much', () => {
    const stood = Array<string>(20).fill('0.00000012');
    expect(spikesIn(tape([...stood, '0.00000015']))).toEqual([]);
    expect(spikesIn(tape([...stood, '0.00000016']))).toEqual([21]);
  });
});

const prices = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 20, maxLength: 120 });
/** Several trades a second, some at one price and some far from it. */
const tapes = prices.map((numbers) =>
  numbers.map((n, at): PricedTrade => ({
    tradeId: at + 1,
    timeMs: START_MS + at * 400,
    price: n > 18 ? '500' : String(100 + n / 100),
  })),
);

describe('whatever the tape,', () => {
  it('a trade that is told again changes nothing', () => {
    fc.assert(
      fc.property(tapes, fc.infiniteStream(fc.nat(5)), (trades, backs) => {
        const seen = new Set(spikesIn(trades));
        const doubled = trades.flatMap((trade, at) => [trade, trades[Math.max(0, at - backs.next().value)]!]);
        const first = new Map<number, boolean>();
        const watch = new SpikeWatch();
        for (const trade of doubled) {
          const isSpike = watch.isSpike(INSTRUMENT, trade);
          if (!first.has(trade.tradeId)) first.set(trade.tradeId, isSpike);
          expect(isSpike).toBe(seen.has(trade.tradeId));
        }
      }),
    );
  });

  it('the order of trades within a second means nothing', () => {
    fc.assert(
      fc.property(tapes, fc.infiniteStream(fc.nat()), (trades, weights) => {
        const shuffled = [...Map.groupBy(trades, ({ timeMs }) => Math.floor(timeMs / 1000)).values()].flatMap(
          (second) =>
            second
              .map((trade) => ({ trade, weight: weights.next().value }))
              .sort((a, b) => a.weight - b.weight)
              .map(({ trade }) => trade),
        );
        expect(spikesIn(shuffled).sort((a, b) => a - b)).toEqual(spikesIn(trades));
      }),
    );
  });

  it('watching from its midst with what came before is watching it all', () => {
    fc.assert(
      fc.property(tapes, fc.nat(), (trades, cut) => {
        const at = cut % trades.length;
        const watch = new SpikeWatch();
        spikesIn(trades.slice(0, at), watch);
        // What was sent behind the last boundary is sent again.
        const again = trades.slice(Math.max(0, at - 5));
        expect(spikesIn(again, watch)).toEqual(spikesIn(trades).filter((id) => id >= again[0]!.tradeId));
      }),
    );
  });
});
