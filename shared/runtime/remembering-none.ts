import type { StateStore } from '../ports/state-store.ts';

/** Past it everything is asked for anew. */
const MAX_REMEMBERED = 10_000;

/**
 * A store that remembers for a while which partitions of an index had nothing in them, and does not ask again. Nearly
 * every candle that closes concerns no strategy and no socket, and each look costs as much as one that finds something.
 * Whatever is put into such a partition is found after `forMs` at the latest; what was found once is asked for always.
 */
export function rememberingNone(
  state: StateStore,
  forMs: number,
  nowMs: () => number = Date.now,
): StateStore {
  const emptyUntilMs = new Map<string, number>();
  return {
    get: async (table, key) => state.get(table, key),
    query: async (table, pk, sortPrefix, options) => state.query(table, pk, sortPrefix, options),
    write: async (write) => state.write(write),
    transact: async (writes) => state.transact(writes),
    queryIndex: async (table, partition, options) => {
      // Only a listing of all of it says that there is nothing.
      const isWhole = options.after === undefined && options.sortUpTo === undefined;
      if (!isWhole) return state.queryIndex(table, partition, options);
      const key = `${table} ${partition}`;
      const askedAtMs = nowMs();
      if (askedAtMs < (emptyUntilMs.get(key) ?? 0)) return { items: [], next: null };
      emptyUntilMs.delete(key);
      const page = await state.queryIndex<never>(table, partition, options);
      if (page.items.length === 0) {
        if (emptyUntilMs.size >= MAX_REMEMBERED) emptyUntilMs.clear();
        emptyUntilMs.set(key, askedAtMs + forMs);
      }
      return page;
    },
  };
}

/** How long a new strategy or subscription may wait for its first candle on AWS. Indexes there lag behind anyway. */
export const NONE_IS_REMEMBERED_MS = 10_000;
