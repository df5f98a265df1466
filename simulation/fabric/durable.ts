import { createHash } from 'node:crypto';
import { keptDeliveries } from '../../shared/adapters/memory/memory-event-bus.ts';
import { MemoryCandleStore } from '../../shared/adapters/memory/memory-candle-store.ts';
import { MemoryObjectStore } from '../../shared/adapters/memory/memory-object-store.ts';
import { MemoryQualityStore } from '../../shared/adapters/memory/memory-quality-store.ts';
import { MemoryQuoteStore } from '../../shared/adapters/memory/memory-quote-store.ts';
import { keptQueues } from '../../shared/adapters/memory/memory-queues.ts';
import { MemoryStateStore } from '../../shared/adapters/memory/memory-state-store.ts';
import { keptStreams } from '../../shared/adapters/memory/memory-stream-log.ts';
import { MemoryTradeStore } from '../../shared/adapters/memory/memory-trade-store.ts';
import { compareText } from '../../shared/domain/compare-text.ts';

/** All that outlives a process. */
export function durableStores() {
  return {
    state: new MemoryStateStore(),
    streams: keptStreams(),
    deliveries: keptDeliveries(),
    queues: keptQueues(),
    objects: new MemoryObjectStore(),
    trades: new MemoryTradeStore(),
    candles: new MemoryCandleStore(),
    quotes: new MemoryQuoteStore(),
    quality: new MemoryQualityStore(),
  };
}

export type DurableStores = ReturnType<typeof durableStores>;

/** SHA-256 of everything that lies in tables, streams, queues and buses: two runs of a seed must agree on it. */
export function stateHash({ state, streams, deliveries, queues }: DurableStores): string {
  const hash = createHash('sha256');
  const items = [...state.kept()].map((item) => JSON.stringify(item)).sort(compareText);
  for (const item of items) hash.update(item);
  for (const [stream, records] of streams.records) {
    hash.update(stream);
    for (const { partitionKey, data, arrivalMs } of records)
      hash.update(partitionKey).update(data).update(String(arrivalMs));
  }
  hash.update(JSON.stringify([[...streams.checkpoints], streams.dead.length]));
  hash.update(JSON.stringify([[...deliveries.waiting.values()], deliveries.dead, deliveries.lastId]));
  hash.update(JSON.stringify([[...queues.messages], queues.dead, queues.lastId]));
  return hash.digest('hex');
}
