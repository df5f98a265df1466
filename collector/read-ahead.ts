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
  const ready: { readonly batch: Batch; readonly weight: Weight }[] = [];
  let items = 0;
  let size = 0;
  let stopped = false;
  let ended: { readonly error: unknown } | { readonly error: null } | null = null;
  let changed = Promise.withResolvers<void>();
  const wake = (): void => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };

  const reading = (async () => {
    try {
      for (;;) {
        while (!stopped && (items >= bounds.items || size >= bounds.size)) await changed.promise;
        if (stopped) return;
        const next = await iterator.next();
        if (next.done === true) break;
        const weight = weigh(next.value);
        ready.push({ batch: next.value, weight });
        items += weight.items;
        size += weight.size;
        wake();
      }
      ended = { error: null };
    } catch (error) {
      ended = { error };
    }
    wake();
  })();

  try {
    for (;;) {
      const next = ready.shift();
      if (next !== undefined) {
        items -= next.weight.items;
        size -= next.weight.size;
        wake();
        yield next.batch;
      } else if (ended !== null) {
        const { error } = ended as { readonly error: unknown };
        if (error !== null) throw error;
        return;
      } else await changed.promise;
    }
  } finally {
    stopped = true;
    wake();
    await reading;
    await iterator.return?.();
  }
}
