import type { Page, StateStore } from '../ports/state-store.ts';

const PAGE = 1000;

/** Every value of a partition of an index, for whoever needs the whole: totals, and what is done to each. */
export async function readIndex<T>(
  state: StateStore,
  table: Parameters<StateStore['queryIndex']>[0],
  partition: string,
): Promise<T[]> {
  return allPages(async (options) => state.queryIndex<T>(table, partition, options));
}

/** Every value of a listing, page after page. */
export async function allPages<T>(
  read: (options: { readonly limit: number; readonly after: string | undefined }) => Promise<Page<T>>,
): Promise<T[]> {
  const values: T[] = [];
  let after: string | undefined;
  do {
    const page = await read({ limit: PAGE, after });
    values.push(...page.items.map((item) => item.value));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return values;
}
