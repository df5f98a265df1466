import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TextWriter } from './text-writer.ts';

describe('a text writer', () => {
  it('writes whole numbers as they are', () => {
    const writer = new TextWriter(64);
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        writer.whole(value);
        expect(writer.take()).toBe(String(value));
      }),
    );
  });

  it('writes the last digits of a number, zeros in front', () => {
    const writer = new TextWriter(64);
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 16 }), (value, width) => {
        writer.digits(value, width);
        expect(writer.take()).toBe(String(value).padStart(width, '0').slice(-width));
      }),
    );
  });

  it('begins anew with each text that is taken', () => {
    const writer = new TextWriter(64);
    writer.piece(Buffer.from('one'));
    expect(writer.take()).toBe('one');
    writer.piece(Buffer.from('two'));
    expect(writer.take()).toBe('two');
  });
});
