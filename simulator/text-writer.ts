const CODE_0 = 48;
const MILLION = 1_000_000;

/**
 * Writes short ASCII texts into one buffer. What comes out is a flat string: one joined out of pieces would be
 * a tree, which costs four times its text in memory and is paid for again by whoever reads it first.
 */
export class TextWriter {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(capacity: number) {
    this.#buffer = Buffer.alloc(capacity);
  }

  piece(ascii: Uint8Array): void {
    this.#buffer.set(ascii, this.#at);
    this.#at += ascii.length;
  }

  /** The last `width` digits of a whole number, zeros in front. */
  digits(value: number, width: number): void {
    let rest = value;
    let end = this.#at + width;
    const begin = this.#at;
    this.#at = end;
    // Six digits at a time are 32-bit arithmetic.
    while (end > begin) {
      const high = Math.floor(rest / MILLION);
      let low = (rest - high * MILLION) | 0;
      for (const stop = Math.max(begin, end - 6); end > stop;) {
        const tenth = (low / 10) | 0;
        this.#buffer[--end] = CODE_0 + low - tenth * 10;
        low = tenth;
      }
      rest = high;
    }
  }

  /** A whole number of zero or more. */
  whole(value: number): void {
    let width = 1;
    for (let bound = 10; value >= bound; bound *= 10) width++;
    this.digits(value, width);
  }

  /** The text written since the last one was taken. */
  take(): string {
    const text = this.#buffer.toString('latin1', 0, this.#at);
    this.#at = 0;
    return text;
  }
}
