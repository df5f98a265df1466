/** A side of a book as a plain loop keeps it, in columns of floats: what exact prices and the venue's digits are measured against. */
export class PlainSide {
  readonly #sign: 1 | -1;
  readonly #keys = new Float64Array(CAPACITY);
  readonly #quantities = new Float64Array(CAPACITY);
  #length = 0;

  constructor(side: 'bids' | 'asks') {
    this.#sign = side === 'bids' ? 1 : -1;
  }

  get length(): number {
    return this.#length;
  }

  get bestPrice(): number {
    return this.#sign * this.#keys[this.#length - 1]!;
  }

  apply(levels: readonly (readonly [price: string, quantity: string])[]): void {
    for (const [price, quantity] of levels) this.#set(this.#sign * Number(price), Number(quantity));
  }

  #set(key: number, quantity: number): void {
    const at = this.#placeOf(key);
    const isThere = at < this.#length && this.#keys[at] === key;
    if (quantity === 0) {
      if (isThere) this.#move(at + 1, at, -1);
      return;
    }
    if (!isThere) this.#move(at, at + 1, 1);
    this.#keys[at] = key;
    this.#quantities[at] = quantity;
  }

  #placeOf(key: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #move(from: number, to: number, change: 1 | -1): void {
    this.#keys.copyWithin(to, from, this.#length);
    this.#quantities.copyWithin(to, from, this.#length);
    this.#length += change;
  }
}

const CAPACITY = 65_536;
