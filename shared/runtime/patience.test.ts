import { describe, expect, it } from '@jest/globals';
import { systemTime } from '../ports/time.ts';
import { Unreachable } from '../ports/unreachable.ts';
import { createLog } from './log.ts';
import { Patience } from './patience.ts';

const refused = new Unreachable('ClickHouse', new Error('connect ECONNREFUSED'));
const full = new Unreachable('log.db', new Error('database or disk is full'));

function patient() {
  const logged: string[] = [];
  const clock = { nowMs: 1_000_000 };
  const patience = new Patience({
    log: createLog({ write: (line) => logged.push(line) }, 'warn'),
    firstPauseMs: 1,
    longestPauseMs: 4,
    time: { ...systemTime, nowMs: () => clock.nowMs },
  });
  return { patience, logged, clock };
}

describe('patience', () => {
  it('calls as often as it takes, with pauses that grow to a bound', async () => {
    const { patience } = patient();
    let attempts = 0;
    const result = await patience.until('store-trades', async () => {
      if (++attempts <= 30) throw refused;
      return 'stored';
    });
    expect([result, attempts]).toEqual(['stored', 31]);
    expect(patience.waiting()).toEqual([]);
    expect([1, 2, 3, 4, 5].map(() => patience.met('store-trades', refused))).toEqual([1, 2, 4, 4, 4]);
  });

  it('waits for nothing else', async () => {
    const { patience } = patient();
    let attempts = 0;
    const call = async () => {
      attempts++;
      throw new Error('no such column');
    };
    await expect(patience.until('store-trades', call)).rejects.toThrow('no such column');
    expect(attempts).toBe(1);
  });

  it('ends with the signal, by what was met last', async () => {
    const { patience } = patient();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    const waiting = patience.until('collector', async () => Promise.reject(full), stop.signal);
    await expect(waiting).rejects.toBe(full);
    expect(patience.waiting()).toEqual([]);
  });

  it('says who waits, for what, why and since when, while they wait', () => {
    const { patience, clock } = patient();
    patience.met('collector', full);
    clock.nowMs += 5;
    patience.met('store-trades', refused);
    clock.nowMs += 5;
    patience.met('collector', full);
    expect(patience.waiting()).toEqual([
      { who: 'collector', store: 'log.db', cause: full.message, sinceMs: 1_000_000 },
      { who: 'store-trades', store: 'ClickHouse', cause: refused.message, sinceMs: 1_000_005 },
    ]);
    patience.reached('collector');
    expect(patience.waiting().map(({ who }) => who)).toEqual(['store-trades']);
  });

  it('logs ten minutes of waiting in one line a store and minute, however many wait', () => {
    const { patience, logged, clock } = patient();
    for (let second = 0; second < 600; second++) {
      for (const who of ['store-trades', 'build-candles', 'read-market']) patience.met(who, refused);
      // A disk that is nearly full lets some through.
      patience.met('collector', full);
      patience.reached('collector');
      clock.nowMs += 1000;
    }
    expect(logged).toHaveLength(20);
    expect(JSON.parse(logged.at(-1)!)).toMatchObject({ store: 'log.db', waiting: ['collector'] });
  });
});
