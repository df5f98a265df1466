import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { readAhead } from './read-ahead.ts';

const BOUNDS = { items: 3, size: 100 };
const weigh = (batch: readonly number[]) => ({ items: batch.length, size: 1 });

/** Batches of one item, and how many of them were read. */
function numbers(count: number) {
  const seen = { read: 0, closed: false };
  async function* source(): AsyncGenerator<readonly number[]> {
    try {
      for (let n = 0; n < count; n++) {
        seen.read++;
        yield [n];
      }
    } finally {
      seen.closed = true;
    }
  }
  return { source: source(), seen };
}

describe('reading ahead', () => {
  it('gives everything in its order', async () => {
    const got: number[] = [];
    for await (const batch of readAhead(numbers(10).source, weigh, BOUNDS)) got.push(...batch);
    expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('goes on reading while the consumer is busy, up to its bound of items', async () => {
    const { source, seen } = numbers(10);
    for await (const [n] of readAhead(source, weigh, BOUNDS)) {
      await sleep(5);
      if (n === 0) expect(seen.read).toBe(4);
    }
    expect(seen.read).toBe(10);
  });

  it('goes on reading up to its bound of size', async () => {
    const { source, seen } = numbers(10);
    for await (const [n] of readAhead(source, () => ({ items: 0, size: 60 }), BOUNDS)) {
      await sleep(5);
      if (n === 0) expect(seen.read).toBe(3);
    }
  });

  it('closes its source when the consumer stops', async () => {
    const { source, seen } = numbers(10);
    for await (const [n] of readAhead(source, weigh, BOUNDS)) if (n === 1) break;
    expect(seen.closed).toBe(true);
  });

  it('throws what went wrong, after what was read before it', async () => {
    async function* broken(): AsyncGenerator<readonly number[]> {
      yield [0];
      yield [1];
      throw new Error('the file is damaged');
    }
    const got: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const batch of readAhead(broken(), weigh, BOUNDS)) {
        await sleep(5);
        got.push(...batch);
      }
    };
    await expect(reading()).rejects.toThrow('the file is damaged');
    expect(got).toEqual([0, 1]);
  });
});
