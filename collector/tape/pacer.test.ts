import { describe, expect, it } from '@jest/globals';
import { Pacer } from './pacer.ts';

const TAPE = [1000, 1200, 2000, 5000];

describe('the pace of a tape', () => {
  it('begins with its first message', () => {
    const pacer = new Pacer({ speed: 1, timeBase: 'first-message', now: () => 77_000 });
    expect(pacer.due(TAPE, 0)).toBe(1);
  });

  it('is that of the messages, or a multiple of it', () => {
    let now = 0;
    const once = new Pacer({ speed: 1, timeBase: 'first-message', now: () => now });
    const tenfold = new Pacer({ speed: 10, timeBase: 'first-message', now: () => now });
    const due: number[][] = [];
    for (now of [0, 100, 199, 200, 400, 1000]) due.push([once.due(TAPE, 0), tenfold.due(TAPE, 0)]);
    expect(due).toEqual([
      [1, 1],
      [1, 3],
      [1, 3],
      [2, 3],
      [2, 4],
      [3, 4],
    ]);
  });

  it('can follow the clock on the wall', () => {
    const pacer = new Pacer({ speed: 1, timeBase: 'wall', now: () => 2000 });
    expect(pacer.due(TAPE, 0)).toBe(3);
  });

  it('lets what is late go at once', () => {
    const pacer = new Pacer({ speed: 1, timeBase: 'wall', now: () => 9000 });
    expect(pacer.due(TAPE, 1)).toBe(3);
  });

  it('waits until the next message is due', async () => {
    const pacer = new Pacer({ speed: 2, timeBase: 'first-message' });
    pacer.due([0], 0);
    const begun = performance.now();
    await pacer.until(100, new AbortController().signal);
    expect(performance.now() - begun).toBeGreaterThan(40);
    expect(pacer.due([100], 0)).toBe(1);
  });

  it('does not wait for a message when it is told to stop', async () => {
    const pacer = new Pacer({ speed: 1, timeBase: 'wall' });
    await expect(pacer.until(Date.now() + 60_000, AbortSignal.timeout(10))).rejects.toThrow();
  });
});
