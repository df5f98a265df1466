import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { backoffMs, inBatches, inRounds, sendUntilAccepted } from './batching.ts';

const keyed = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), bytes: fc.nat(60) }));
const noSleep = async (): Promise<void> => {};

describe('inRounds', () => {
  it('puts no key twice into a round, and keeps the order of each key', () => {
    fc.assert(
      fc.property(keyed, (items) => {
        const rounds = inRounds(items, ({ key }) => key);
        for (const round of rounds) expect(new Set(round.map(({ key }) => key)).size).toBe(round.length);
        for (const key of ['a', 'b', 'c']) {
          const ofKey = (list: typeof items) => list.filter((item) => item.key === key);
          expect(ofKey(rounds.flat())).toEqual(ofKey(items));
        }
        expect(rounds.flat()).toHaveLength(items.length);
      }),
    );
  });
});

describe('inBatches', () => {
  it('keeps all items in order, and both limits unless one item alone is larger', () => {
    fc.assert(
      fc.property(keyed, (items) => {
        const batches = inBatches(items, ({ bytes }) => bytes, { maxItems: 4, maxBytes: 50 });
        expect(batches.flat()).toEqual(items);
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(4);
          const bytes = batch.reduce((sum, item) => sum + item.bytes, 0);
          expect(bytes <= 50 || batch.length === 1).toBe(true);
        }
      }),
    );
  });
});

describe('sendUntilAccepted', () => {
  it('sends again only what was refused, in its order', async () => {
    const calls: string[][] = [];
    await sendUntilAccepted(
      ['a', 'b', 'c', 'd'],
      async (items) => {
        calls.push([...items]);
        return calls.length === 1
          ? [
              { item: 'b', cause: 'busy' },
              { item: 'd', cause: 'busy' },
            ]
          : [];
      },
      noSleep,
    );
    expect(calls).toEqual([
      ['a', 'b', 'c', 'd'],
      ['b', 'd'],
    ]);
  });

  it('gives up after six times, waiting longer each time, and says why', async () => {
    const waits: number[] = [];
    let attempts = 0;
    const sending = sendUntilAccepted(
      ['a'],
      async () => {
        attempts++;
        return [{ item: 'a', cause: 'ProvisionedThroughputExceededException slow down' }];
      },
      async (milliseconds) => void waits.push(milliseconds),
    );
    await expect(sending).rejects.toThrow(
      '1 of 1 refused 6 times: ProvisionedThroughputExceededException slow down',
    );
    expect(attempts).toBe(6);
    waits.forEach((waited, index) => {
      expect(waited).toBeGreaterThanOrEqual(25 * 2 ** index);
      expect(waited).toBeLessThanOrEqual(50 * 2 ** index);
    });
  });

  it('waits between half and all of a doubling ceiling', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), (attempts) => {
        const ceiling = 50 * 2 ** (attempts - 1);
        expect(backoffMs(attempts)).toBeGreaterThanOrEqual(ceiling / 2);
        expect(backoffMs(attempts)).toBeLessThanOrEqual(ceiling);
      }),
    );
  });
});
