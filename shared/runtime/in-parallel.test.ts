import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inParallel } from './in-parallel.ts';

describe('tasks in parallel', () => {
  it('keep the order of their items and the bound on how many run', async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel([5, 1, 4, 2, 3], 2, async (turns) => {
      most = Math.max(most, ++running);
      for (let i = 0; i < turns; i++) await nextTurn();
      running--;
      return turns * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  it('reject with the first failure', async () => {
    const failing = inParallel([1, 2], 2, async (n) => (n === 2 ? Promise.reject(new Error('two')) : n));
    await expect(failing).rejects.toThrow('two');
  });

  it('are none for no items', async () => {
    expect(await inParallel([], 4, async () => 1)).toEqual([]);
  });
});
