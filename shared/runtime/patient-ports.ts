import type { Ports } from '../ports/index.ts';
import type { Patience } from './patience.ts';

type WhatATapeNeeds = Pick<Ports, 'state' | 'streams'>;

/** Ports for a process of its own, which nothing delivers to again: it waits in each call for what cannot be reached. */
export function patientPorts(
  { state, streams }: WhatATapeNeeds,
  patience: Patience,
  who: string,
  signal: AbortSignal,
): WhatATapeNeeds {
  const until = async <T>(call: () => Promise<T>): Promise<T> => patience.until(who, call, signal);
  return {
    state: {
      get: async (table, key) => until(async () => state.get(table, key)),
      query: async (table, pk, prefix, options) => until(async () => state.query(table, pk, prefix, options)),
      queryIndex: async (table, partition, options) =>
        until(async () => state.queryIndex(table, partition, options)),
      write: async (write) => until(async () => state.write(write)),
      transact: async (writes) => until(async () => state.transact(writes)),
    },
    streams: {
      append: async (stream, records) => until(async () => streams.append(stream, records)),
    },
  };
}
