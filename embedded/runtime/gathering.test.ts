import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KinesisStreamEvent } from 'aws-lambda';
import { BareRuntime, textsIn } from '../../test/support/bare-runtime.ts';

describe('the embedded runtime', () => {
  let runtime: BareRuntime;

  beforeEach(() => {
    runtime = new BareRuntime();
  });

  afterEach(async () => runtime.stop());

  it.each(['store-trades', 'store-quotes'])(
    'gathers records for %s, which nobody waits for',
    async (sink) => {
      let deliveries = 0;
      const running = await runtime.start({ [sink]: async () => deliveries++ });
      const begunAtMs = performance.now();
      for (let i = 0; i < 40; i++) {
        await runtime.append(`record ${i} ${'of some weight'.repeat(100)}`);
        await sleep(1);
      }
      await running.drained();
      expect(deliveries).toBeLessThanOrEqual(2 + (performance.now() - begunAtMs) / 10);
    },
  );

  it('delivers at once to store-trades what follows a word of the clock alone', async () => {
    const batches: string[][] = [];
    const running = await runtime.start({
      'store-trades': async (event: KinesisStreamEvent) => void batches.push(textsIn(event)),
    });
    const clock = jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
    try {
      for (const text of ['clock', 'trades '.repeat(1000), 'more']) {
        await runtime.append(text);
        await sleep(1);
      }
      expect(batches).toEqual([['clock'], ['trades '.repeat(1000)]]);
      clock.mockReturnValue(1_000_100);
      await running.drained();
      expect(batches.at(-1)).toEqual(['more']);
    } finally {
      clock.mockRestore();
    }
  });

  it('gathers what comes in quick succession, unless a tape waits for it', async () => {
    const batches: string[][] = [];
    const running = await runtime.start({
      'build-candles': async (event: KinesisStreamEvent) => void batches.push(textsIn(event)),
    });
    const clock = jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
    try {
      await runtime.append('a');
      await running.settled();
      await runtime.append('b');
      await sleep(1);
      expect(batches).toEqual([['a']]);
      await runtime.append('c');
      await running.settled();
      expect(batches).toEqual([['a'], ['b', 'c']]);
      await runtime.append('d');
      clock.mockReturnValue(1_000_100);
      await running.drained();
      expect(batches.at(-1)).toEqual(['d']);
    } finally {
      clock.mockRestore();
    }
  });
});
