/** Three simulated venues of which one drifts away from the others, their collectors, and what they record, replayed. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXCHANGES, type Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { exchangeOf } from '../../shared/domain/market-data/instrument.ts';
import { FAULTS, type Fault } from '../../simulator/venues/venue-faults.ts';
import { PlainThread } from '../../test/support/plain-thread.ts';
import { RECORDED_FROM_MS } from '../../test/support/recorded-venues.ts';
import type * as Judged from '../../test/support/judged-venues.ts';

const judged = new PlainThread<typeof Judged>(
  new URL('../../test/support/judged-venues.ts', import.meta.url),
);
afterAll(async () => judged.end());

type Faults = ReadonlyMap<Exchange, readonly Fault[]>;

/** Each venue drifts away once, and comes back. */
const DRIFTS: Faults = new Map(
  EXCHANGES.map((exchange, n) => {
    const fromMs = RECORDED_FROM_MS + 12_000 + n * 24_000;
    return [exchange, [{ kind: 'drift', fromMs, untilMs: fromMs + 15_000 }]];
  }),
);

const flagsOf = (rows: readonly Judged.JudgedRow[]): string[] =>
  rows.map(({ name, disagrees }) => `${name} ${disagrees}`).sort();

const disagreeing = (rows: readonly Judged.JudgedRow[]): string[] =>
  rows.filter(({ disagrees }) => disagrees).map(({ name }) => name);

async function collected(faults: Faults, seconds: number): Promise<Judged.Recorded> {
  return judged.call('recordAndJudge', { seed: 5, instruments: 3, tradesPerSecond: 2, seconds, faults });
}

const replayed = async (
  captures: readonly (readonly string[])[],
  boundaries: number | null = null,
): Promise<readonly Judged.JudgedRow[]> => judged.call('replayAndJudge', { captures, boundaries });

const ofExchange = (lines: readonly string[], exchange: string): string[] =>
  lines.filter((line) => (JSON.parse(line) as { exchange: string }).exchange === exchange);

/** As somebody else would have recorded the same: one file a venue, of what the venues said alone. */
function recordedByOthers(lines: readonly string[]): string[][] {
  return EXCHANGES.map((exchange) =>
    ofExchange(lines, exchange).flatMap((line) => {
      const { session: _, ...message } = JSON.parse(line) as { session: string; kind: string };
      return message.kind === 'disagreement' ? [] : [JSON.stringify(message)];
    }),
  );
}

describe('three venues of which one drifts away from the others', () => {
  let live: Judged.Recorded;
  beforeAll(async () => {
    live = await collected(DRIFTS, 90);
  });

  it('disagree on what that one tells, trades and quotes, and on nothing of the others', () => {
    const { rows } = live;
    for (const [exchange, [drift]] of DRIFTS) {
      const { fromMs, untilMs } = drift!;
      const flagged = rows.filter((row) => row.disagrees && exchangeOf(row.instrumentId) === exchange);
      const outside = flagged.filter(
        ({ receivedAtMs }) => receivedAtMs < fromMs + 5000 || receivedAtMs > untilMs + 2500,
      );
      expect(outside.map(({ name }) => name)).toEqual([]);
      // Far enough away, for long enough, of each instrument.
      const due = rows.filter(
        ({ instrumentId, receivedAtMs }) =>
          exchangeOf(instrumentId) === exchange && receivedAtMs > fromMs + 10_000 && receivedAtMs < untilMs,
      );
      expect(new Set(due.map(({ name, instrumentId }) => `${name.slice(0, 5)} ${instrumentId}`)).size).toBe(
        6,
      );
      expect(due.filter(({ disagrees }) => !disagrees).map(({ name }) => name)).toEqual([]);
    }
  });

  it('do so in a replay of what was recorded, on the very same rows', async () => {
    expect(flagsOf(await replayed([live.lines]))).toEqual(flagsOf(live.rows));
  });

  it.each(EXCHANGES)('do so where the recording of %s alone is replayed', async (exchange) => {
    const lines = ofExchange(live.lines, exchange);
    const told = flagsOf(live.rows).filter((name) => name.includes(` ${exchange}:`));
    expect(flagsOf(await replayed([lines]))).toEqual(told);
  });

  it('do so where others recorded them: they are compared then', async () => {
    expect(flagsOf(await replayed(recordedByOthers(live.lines)))).toEqual(flagsOf(live.rows));
  });

  it.each([90, 211])('do so where that replay is broken off after each %d boundaries', async (boundaries) => {
    const again = await replayed(recordedByOthers(live.lines), boundaries);
    expect(flagsOf(again)).toEqual(flagsOf(live.rows));
  });

  it('agree where one of them is all that there is', async () => {
    const [, , kraken] = recordedByOthers(live.lines);
    expect(disagreeing(await replayed([kraken!]))).toEqual([]);
  });
});

describe('three venues of which each does something else wrong', () => {
  it.each(EXCHANGES)('agree on their prices, whatever %s does', async (exchange) => {
    const faults = FAULTS.filter((kind) => kind !== 'drift').map((kind, n): Fault => {
      const fromMs = RECORDED_FROM_MS + 10_000 + n * 10_000;
      return { kind, fromMs, untilMs: fromMs + 7000 };
    });
    const { rows } = await collected(new Map([[exchange, faults]]), 20 + faults.length * 10);
    expect(rows.length).toBeGreaterThan(3000);
    expect(disagreeing(rows)).toEqual([]);
  });
});
