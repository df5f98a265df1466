/** Two collectors of one exchange, killed and paused at random: what readers make of it is what one that never failed gives. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { createHandler as createStoreTrades } from '../../lambdas/market-data/store-trades/handler.ts';
import { ClickHouseTradeStore } from '../../shared/adapters/clickhouse/clickhouse-trade-store.ts';
import { countTrades } from '../../shared/adapters/clickhouse/clickhouse-totals.ts';
import { migrate } from '../../shared/adapters/clickhouse/migrate.ts';
import { openMemoryState } from '../support/memory-state.ts';
import { PlainThread } from '../support/plain-thread.ts';
import type * as Rounds from '../support/read-two-collectors.ts';
import { deliver, everyTrade } from '../support/read-two-collectors.ts';
import { runningClickHouse } from '../support/running-clickhouse.ts';
import { playTwoCollectors, START_MS, TRADES_A_SECOND, type Fate } from '../support/two-collectors.ts';

const ROUNDS = 50;

const rounds = new PlainThread<typeof Rounds>(new URL('../support/read-two-collectors.ts', import.meta.url));
afterAll(async () => rounds.end());

const play = async (seed: number, fate?: Fate): Promise<Rounds.Read> =>
  rounds.call('playAndRead', { seed, ...(fate === undefined ? {} : { fate }) });

function expectEveryTradeOnce({ made, stored, archived, closed, sessions }: Rounds.Read): void {
  expect(stored).toEqual(made);
  expect(archived).toEqual(made);
  const candles = closed.filter(({ interval }) => interval === '1s');
  for (const revised of candles.filter(({ revision }) => revision > 0)) {
    // Made again of what is stored it may prove whole where whoever closed it had to doubt. Nothing else changes.
    const first = candles.find(
      ({ instrumentId, openTimeMs, revision }) =>
        revision === 0 && instrumentId === revised.instrumentId && openTimeMs === revised.openTimeMs,
    );
    const { throughSequence, revision } = revised;
    expect({ ...first, throughSequence, revision, complete: true }).toMatchObject(revised);
    expect(first?.complete).toBe(false);
  }
  expect(new Set(candles.map(({ tradeCount }) => tradeCount))).toEqual(new Set([TRADES_A_SECOND]));
  expect(sessions).toHaveLength(new Set(sessions).size);
}

describe('two collectors', () => {
  it('give every trade once where the one that took over is killed while it catches up', async () => {
    const played = await play(1, {
      strikes: [
        { afterMs: 1000, place: 0, what: { kind: 'kill' } },
        { afterMs: 6500, place: 1, what: { kind: 'kill' } },
      ],
      noticesPauses: true,
      restDelayMs: 2500,
    });
    expect(played.killsInCatchUp).toBe(1);
    expectEveryTradeOnce(played);
  });

  it('give every trade once where one sleeps past its lease, and sends on what it had', async () => {
    let stale = 0;
    for (let seed = 0; seed < 5; seed++) {
      const played = await play(seed, {
        strikes: [{ afterMs: 1000 + seed * 7, place: 0, what: { kind: 'pause', forMs: 8000 } }],
        noticesPauses: false,
        restDelayMs: 0,
      });
      stale += played.stale;
      expectEveryTradeOnce(played);
    }
    // Some wake up to a renewal before they have anything to send.
    expect(stale).toBeGreaterThan(0);
  });
});

describe('two collectors, killed and paused at random', () => {
  let faults = 0;
  let stale = 0;

  it.each(Array.from({ length: ROUNDS }, (_, seed) => seed))(
    'give every trade once, to the store, the candles and the archive (seed %i)',
    async (seed) => {
      const played = await play(seed);
      expectEveryTradeOnce(played);
      faults += played.kills + played.pauses;
      stale += played.stale;
    },
  );

  it('are disturbed more than once a round, and send what has to be dropped', () => {
    expect(faults).toBeGreaterThan(ROUNDS);
    expect(stale).toBeGreaterThan(ROUNDS / 5);
  });
});

describe('ClickHouse behind two collectors, killed and paused at random', () => {
  const clickHouse = runningClickHouse();

  it('has every trade once', async () => {
    await migrate(clickHouse());
    const played = await playTwoCollectors(ROUNDS);
    const trades = new ClickHouseTradeStore(clickHouse());
    const ports = {
      state: openMemoryState(),
      trades,
      clock: { nowMs: () => START_MS },
      bus: { publish: async () => undefined },
    };
    await deliver(played, 'trades', createStoreTrades(ports));
    expect(await countTrades(clickHouse())).toBe(everyTrade(played).length);
  });
});
