import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal } from '../decimal.ts';
import { isRejectedOnRequest, latencyOf, PLAIN_FILL, slippedPrice } from './paper-model.ts';
import { seededFraction } from './seeded-fraction.ts';

const ids = Array.from({ length: 4000 }, (_, n) => `order-${n}`);

describe('the paper model of an account', () => {
  it('makes an order late by its base and a drawn part of its jitter, the same whenever it is asked', () => {
    const late = ids.map((id) => latencyOf({ baseMs: 20, jitterMs: 9, seed: 1 }, id));
    expect([Math.min(...late), Math.max(...late)]).toEqual([20, 29]);
    expect(late).toEqual(ids.map((id) => latencyOf({ baseMs: 20, jitterMs: 9, seed: 1 }, id)));
    expect(late).not.toEqual(ids.map((id) => latencyOf({ baseMs: 20, jitterMs: 9, seed: 2 }, id)));
    expect(latencyOf({ baseMs: 20, jitterMs: 0, seed: 1 }, 'order')).toBe(20);
  });

  it('refuses the part of orders that it is asked to', () => {
    const refused = (rejects: number): number =>
      ids.filter((id) => isRejectedOnRequest({ ...PLAIN_FILL, rejects, seed: 3 }, id)).length;
    expect([refused(0), refused(1)]).toEqual([0, ids.length]);
    expect(Math.abs(refused(0.25) / ids.length - 0.25)).toBeLessThan(0.03);
  });

  it('draws evenly, and anew for each seed and each fact', () => {
    const drawn = ids.map((id) => seededFraction(5, id));
    const tenths = Array.from({ length: 10 }, (_, n) => drawn.filter((x) => Math.floor(x * 10) === n).length);
    for (const count of tenths) expect(Math.abs(count - 400)).toBeLessThan(100);
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.string(), (seed, a, b) => {
        const x = seededFraction(seed, a, b);
        expect(x >= 0 && x < 1).toBe(true);
        expect(seededFraction(seed, a, b)).toBe(x);
      }),
    );
    expect(seededFraction(1, 'a', 'b')).not.toBe(seededFraction(2, 'a', 'b'));
    expect(seededFraction(1, 'a', 'b')).not.toBe(seededFraction(1, 'ab'));
  });

  it('moves a price against us by the square of our part of the volume', () => {
    const impact = { kind: 'volume-share', impact: decimal('0.1') } as const;
    const of = (quantity: string, traded: string | null): bigint =>
      slippedPrice(
        impact,
        decimal('100'),
        'BUY',
        decimal(quantity),
        traded === null ? null : decimal(traded),
      );
    expect(of('1', '40')).toBe(decimal('100.00625'));
    expect([of('40', '40'), of('99', '40'), of('1', null), of('1', '0')]).toEqual(
      Array(4).fill(decimal('110')),
    );
  });
});
