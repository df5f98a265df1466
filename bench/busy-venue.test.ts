import { describe, expect, it } from '@jest/globals';
import { SyntheticMarket } from '../simulator/synthetic-market.ts';
import { BusyVenue } from './busy-venue.ts';

const START = 1_767_225_600;
const START_MS = START * 1000;
const venue = () =>
  new BusyVenue(new SyntheticMarket({ seed: 1, instruments: 2, tradesPerSecond: 300 }), START);

interface Told {
  readonly e: 'trade' | 'depthUpdate';
  readonly s: string;
  readonly t: number;
  readonly T: number;
  readonly E: number;
  readonly U: number;
  readonly u: number;
}
const toldIn = (texts: readonly string[]) => texts.map((text) => (JSON.parse(text) as { data: Told }).data);

describe('the busy venue', () => {
  it('says everything once, when its time has come', () => {
    const [inSteps, atOnce] = [venue(), venue()];
    const heard: string[] = [];
    for (let nowMs = START_MS - 5; nowMs <= START_MS + 2000; nowMs += 7) {
      const texts = inSteps.due(nowMs);
      expect(toldIn(texts).every(({ e, T, E }) => (e === 'trade' ? T : E) <= nowMs)).toBe(true);
      heard.push(...texts);
    }
    heard.push(...inSteps.due(START_MS + 2000));
    expect(heard.sort()).toEqual(atOnce.due(START_MS + 2000).sort());
    const trades = toldIn(heard).filter(({ e, T }) => e === 'trade' && T < START_MS + 2000);
    expect(new Set(trades.map(({ s, t }) => `${s} ${t}`)).size).toBe(2 * 2 * 300);
    expect(trades).toHaveLength(2 * 2 * 300);
  });

  it('gives a snapshot from which the depth that follows goes on', () => {
    const running = venue();
    const before = toldIn(running.due(START_MS + 450)).filter(
      ({ s, e }) => e === 'depthUpdate' && s === 'ETHUSDT',
    );
    expect(before.map(({ U, u }) => [U, u])).toEqual(
      [1, 2, 3, 4, 5].slice(0, before.length).map((n) => [n, n]),
    );
    const snapshot = running.snapshotOf('ETHUSDT', 5) as { lastUpdateId: number; bids: [string, string][] };
    expect(snapshot.lastUpdateId).toBe(before.at(-1)!.u);
    const prices = snapshot.bids.map(([price]) => Number(price));
    expect(prices).toEqual([...prices].sort((a, b) => b - a));
    expect(running.snapshotOf('XYZUSDT', 5)).toBeNull();
  });
});
