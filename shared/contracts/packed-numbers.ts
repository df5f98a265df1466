/** Whole numbers as bytes, few for small ones: seven bits a byte, the sign in the lowest (as Protocol Buffers have it). */
const SEVEN_BITS = 0x80;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class NumberWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** Any whole number that a double holds exactly. */
  int(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole number: ${value}`);
    let rest = value < 0 ? -(value + 1) : value;
    // The first byte has the sign and six bits, so that nothing is doubled past what a double holds.
    const first = (value < 0 ? 1 : 0) | ((rest % 64) << 1);
    rest = Math.floor(rest / 64);
    this.#byte(rest > 0 ? first | SEVEN_BITS : first);
    while (rest > 0) {
      const low = rest % 128;
      rest = Math.floor(rest / 128);
      this.#byte(rest > 0 ? low | SEVEN_BITS : low);
    }
  }

  bigint(value: bigint): void {
    if (value <= SAFE && value >= -SAFE) {
      this.int(Number(value));
      return;
    }
    let rest = value < 0n ? -(value + 1n) : value;
    const first = (value < 0n ? 1 : 0) | (Number(rest & 63n) << 1);
    rest >>= 6n;
    this.#byte(first | SEVEN_BITS);
    while (rest > 0n) {
      const low = Number(rest & 127n);
      rest >>= 7n;
      this.#byte(rest > 0n ? low | SEVEN_BITS : low);
    }
  }

  text(value: string): void {
    const bytes = encoder.encode(value);
    this.int(bytes.length);
    for (const byte of bytes) this.#byte(byte);
  }

  base64(): string {
    return Buffer.from(this.#bytes.buffer, 0, this.#length).toString('base64');
  }

  #byte(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const longer = new Uint8Array(2 * this.#length);
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    this.#bytes[this.#length++] = byte;
  }
}

export class NumberReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(base64: string) {
    this.#bytes = Buffer.from(base64, 'base64');
  }

  int(): number {
    return Number(this.bigint());
  }

  bigint(): bigint {
    const first = this.#byte();
    let value = BigInt((first & 127) >> 1);
    let shift = 6n;
    for (let byte = first; (byte & SEVEN_BITS) !== 0; shift += 7n) {
      byte = this.#byte();
      value |= BigInt(byte & 127) << shift;
    }
    return (first & 1) === 1 ? -value - 1n : value;
  }

  text(): string {
    const length = this.int();
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return decoder.decode(bytes);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError('packed numbers: they end too soon');
    return byte;
  }
}
