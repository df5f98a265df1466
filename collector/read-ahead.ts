export interface ReadAheadBounds {
  readonly items: number;
  readonly size: number;
}

/**
 * Goes on reading batches while the consumer is busy with earlier ones, up to a bound: a replay reads and parses the
 * next seconds of a tape while it waits for the present one to settle.
 * @param sizeOf of an item, in whichever unit the bound is meant.
 */
export async function* readAhead<T>(
  source: AsyncIterable<readonly T[]>,
  sizeOf: (item: T) => number,
  bounds: ReadAheadBounds,
): AsyncGenerator<readonly T[]> {
  const iterator = source[Symbol.asyncIterator]();
  const ready: { readonly batch: readonly T[]; readonly size: number }[] = [];
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
        const batchSize = next.value.reduce((sum, item) => sum + sizeOf(item), 0);
        ready.push({ batch: next.value, size: batchSize });
        items += next.value.length;
        size += batchSize;
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
        items -= next.batch.length;
        size -= next.size;
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
