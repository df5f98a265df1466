import { afterAll, describe, expect, it } from '@jest/globals';
import { EXCHANGES } from '../../shared/domain/market-data/exchanges.ts';
import { FAULTS } from '../../simulator/venues/venue-faults.ts';
import { PlainThread } from '../support/plain-thread.ts';
import type * as Rounds from '../support/venues-under-faults.ts';
import { faultsOf, MIXED_MS, planned } from '../support/venues-under-faults.ts';

const rounds = new PlainThread<typeof Rounds>(new URL('../support/venues-under-faults.ts', import.meta.url));
afterAll(async () => rounds.end());

const SHAPE = { instruments: 20, tradesPerSecond: 2 };

const SEEDS = Array.from({ length: Number(process.env['MILLRACE_SEEDS'] ?? 10) }, (_, n) => n + 1);
/**
 * A venue that counts anew twice, the second time with its clock behind; one that does so while nobody listens; trades of a clock
 * that is behind, told by an answer at other places than their numbers.
 */
const FOUND_SOMETHING = [26, 68, 115];

function expectWhole({ lost, doubled, late, trades, untrue, untold, sound }: Rounds.FaultyRun): void {
  const said = `${trades} trades, ${lost.length} lost, ${doubled.length} doubled, ${late.length} late`;
  const wrong = [...lost, ...doubled, ...late];
  expect([said, wrong.slice(0, 5)]).toEqual([`${trades} trades, 0 lost, 0 doubled, 0 late`, []]);
  expect(trades).toBeGreaterThan(1000);
  expect([untrue.length, untrue.slice(0, 5)]).toEqual([0, []]);
  expect([untold.length, untold.slice(0, 5)]).toEqual([0, []]);
  expect(sound).toBeGreaterThan(5000);
}

describe('three venues, twenty instruments each', () => {
  it('undisturbed', async () => {
    expectWhole(
      await rounds.call('runUnderFaults', { ...SHAPE, seed: 1, faults: new Map(), disturbedMs: 4000 }),
    );
  });

  it.each(FAULTS)('%s', async (kind) => {
    const faults = new Map(
      EXCHANGES.map((exchange) => [exchange, planned([{ kind, afterMs: 500, forMs: 4000 }])]),
    );
    expectWhole(await rounds.call('runUnderFaults', { ...SHAPE, seed: 2, faults, disturbedMs: 4500 }));
  });

  it.each([...new Set([...SEEDS, ...FOUND_SOMETHING])])('mixed, seed %d', async (seed) => {
    expectWhole(
      await rounds.call('runUnderFaults', {
        ...SHAPE,
        seed,
        faults: faultsOf(seed),
        disturbedMs: MIXED_MS,
      }),
    );
  });
});
