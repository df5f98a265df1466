import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deterministicId } from './ids.ts';

describe('a deterministic id', () => {
  it('is the version 5 UUID of its parts, as any other implementation makes it', () => {
    // uuid.uuid5(uuid.UUID(bytes=b'millrace-namespa'), '\x1f'.join(parts)) of Python 3.11
    expect(deterministicId('order', 'paper', 1)).toBe('233062fb-bdbf-500c-b2c1-3a3bf4bc639d');
    expect(deterministicId('é', 0)).toBe('b1a26004-5cb7-5378-96ed-be6accf4f9cf');
  });

  it('has the shape of one, and differs where its parts differ', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (text, n) => {
        const id = deterministicId(text, n);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(deterministicId(text, n + 1)).not.toBe(id);
      }),
    );
  });
});
