/**
 * Buffers that are used again. Megabytes allocated and let go several times a second fragment the allocator's heap,
 * and the process grows by tens of megabytes a minute although nothing is kept.
 */
export class SpareBuffers {
  readonly #spare: Buffer[] = [];
  readonly #most: number;

  /** @param most that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  /** @returns one of at least so many bytes, with whatever is in it. */
  take(bytes: number): Buffer {
    const at = this.#spare.findIndex((buffer) => buffer.byteLength >= bytes);
    // Half as much again: the next of about this size will fit too.
    return at < 0 ? Buffer.allocUnsafeSlow(Math.ceil(bytes * 1.5)) : this.#spare.splice(at, 1)[0]!;
  }

  /** Nobody reads it any more. The largest are kept. */
  giveBack(buffer: Buffer): void {
    this.#spare.push(buffer);
    this.#spare.sort((a, b) => a.byteLength - b.byteLength);
    if (this.#spare.length > this.#most) this.#spare.shift();
  }
}
