import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RowBinaryWriter } from './row-binary-writer.ts';

const written = (write: (writer: RowBinaryWriter) => void): number[] => {
  const writer = new RowBinaryWriter(0);
  write(writer);
  return [...writer.bytes()];
};

describe('RowBinaryWriter', () => {
  it('writes a text behind its length in bytes', () => {
    expect(written((writer) => writer.text('a'))).toEqual([1, 0x61]);
    expect(written((writer) => writer.text('é'))).toEqual([2, 0xc3, 0xa9]);
    expect(written((writer) => writer.text(''))).toEqual([0]);
    expect(written((writer) => writer.text('x'.repeat(300))).slice(0, 3)).toEqual([0xac, 0x02, 0x78]);
  });

  it('writes a name as it would a text, the first time and every other', () => {
    const names = ['BTC', 'é', '', 'x'.repeat(300)];
    const texts = names.flatMap((name) => written((writer) => writer.text(name)));
    const bytes = written((writer) => {
      for (let n = 0; n < 3; n++) {
        writer.uint8(n);
        for (const name of names) writer.name(name);
      }
    });
    expect(bytes).toEqual([0, ...texts, 1, ...texts, 2, ...texts]);
  });

  it('writes numbers with the least byte first', () => {
    expect(written((writer) => writer.uint8(255))).toEqual([255]);
    expect(written((writer) => writer.uint32(0x01020304))).toEqual([4, 3, 2, 1]);
    expect(written((writer) => writer.uint64(0x0102030405060))).toEqual([
      0x60, 0x50, 0x40, 0x30, 0x20, 0x10, 0, 0,
    ]);
  });

  it('keeps what it wrote when it has to grow', () => {
    const bytes = written((writer) => {
      for (let n = 0; n < 1000; n++) writer.uint32(n);
    });
    expect(Array.from({ length: 1000 }, (_, n) => bytes[n * 4]! + bytes[n * 4 + 1]! * 256)).toEqual(
      Array.from({ length: 1000 }, (_, n) => n),
    );
  });

  it('writes every safe integer as the 64 bits it is', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bytes = Buffer.from(written((writer) => writer.uint64(value)));
        expect(bytes.readBigUInt64LE()).toBe(BigInt(value));
      }),
    );
  });

  it('writes every decimal as 128 bits in two’s complement', () => {
    const edges = [
      2n ** 63n - 1n,
      2n ** 63n,
      -(2n ** 63n),
      -(2n ** 63n) - 1n,
      -1n,
      0n,
      10n ** 38n - 1n,
      1n - 10n ** 38n,
    ];
    const anyDecimal = fc.oneof(
      fc.constantFrom(...edges),
      fc.bigInt({ min: 1n - 10n ** 38n, max: 10n ** 38n - 1n }),
    );
    fc.assert(
      fc.property(anyDecimal, (value) => {
        const bytes = Buffer.from(written((writer) => writer.decimal128(value)));
        expect((bytes.readBigInt64LE(8) << 64n) | bytes.readBigUInt64LE(0)).toBe(value);
      }),
    );
  });

  it('refuses a decimal of over 38 digits, which would be written as another value', () => {
    for (const value of [10n ** 38n, -(10n ** 38n)]) {
      expect(() => written((writer) => writer.decimal128(value))).toThrow('over 38 digits');
    }
  });
});
