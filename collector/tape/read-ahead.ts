/** What a batch weighs, and what may lie ready. */
export interface Weight {
  readonly items: number;
  /** In whichever unit it is meant. */
  readonly size: number;
}

/**
 * Goes on reading batches while the consumer is busy with earlier ones, up to a bound: a replay reads and parses the
 * next seconds of a tape while it waits for the present one to settle.
 */
export async function* readAhead<Batch>(
  source: AsyncIterable<Batch>,
  weigh: (batch: Batch) => Weight,
  bounds: Weight,
): AsyncGenerator<Batch> {
  const iterator = source[Symbol.asyncIterator]();
  const shelf = new Shelf<Batch>(weigh, bounds);
  const reading = fill(shelf, iterator);
  // It may fail while the consumer is at work and nobody waits for it; it is awaited below.
  reading.catch(() => undefined);
  try {
    for (;;) {
      const next = await shelf.take();
      if (next === null) break;
      yield next.batch;
    }
    // It has come to its end, or it throws what went wrong.
    await reading;
  } finally {
    shelf.close();
    await reading.catch(() => undefined);
    await iterator.return?.();
  }
}

async function fill<Batch>(shelf: Shelf<Batch>, iterator: AsyncIterator<Batch>): Promise<void> {
  try {
    while (await shelf.hasRoom()) {
      const next = await iterator.next();
      if (next.done === true) return;
      shelf.put(next.value);
    }
  } finally {
    shelf.close();
  }
}

/** Between one who fills it and one who empties it. */
class Shelf<Batch> {
  readonly #weigh: (batch: Batch) => Weight;
  readonly #bounds: Weight;
  readonly #ready: { readonly batch: Batch; readonly weight: Weight }[] = [];
  #items = 0;
  #size = 0;
  #isClosed = false;
  #changed: PromiseWithResolvers<null> = Promise.withResolvers();

  constructor(weigh: (batch: Batch) => Weight, bounds: Weight) {
    this.#weigh = weigh;
    this.#bounds = bounds;
  }

  /** Resolves when there is room: true; or when it was closed: false. */
  async hasRoom(): Promise<boolean> {
    while (!this.#isClosed && (this.#items >= this.#bounds.items || this.#size >= this.#bounds.size)) {
      await this.#changed.promise;
    }
    return !this.#isClosed;
  }

  put(batch: Batch): void {
    const weight = this.#weigh(batch);
    this.#ready.push({ batch, weight });
    this.#items += weight.items;
    this.#size += weight.size;
    this.#wake();
  }

  /** The oldest batch; null when it was closed and is empty. */
  async take(): Promise<{ readonly batch: Batch } | null> {
    while (this.#ready.length === 0 && !this.#isClosed) await this.#changed.promise;
    const next = this.#ready.shift();
    if (next === undefined) return null;
    this.#items -= next.weight.items;
    this.#size -= next.weight.size;
    this.#wake();
    return next;
  }

  /** Nothing more will be put; or nobody takes any more. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve(null);
    this.#changed = Promise.withResolvers();
  }
}
