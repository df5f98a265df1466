/** The adapters in memory, which simulation runs the platform on, under the contract suites of the real ones. */
import { MemoryCandleStore } from '../../shared/adapters/memory/memory-candle-store.ts';
import { MemoryEventBus } from '../../shared/adapters/memory/memory-event-bus.ts';
import { MemoryObjectStore } from '../../shared/adapters/memory/memory-object-store.ts';
import { MemoryQualityStore } from '../../shared/adapters/memory/memory-quality-store.ts';
import { MemoryQueues } from '../../shared/adapters/memory/memory-queues.ts';
import { MemoryQuoteStore } from '../../shared/adapters/memory/memory-quote-store.ts';
import { MemoryStateStore } from '../../shared/adapters/memory/memory-state-store.ts';
import { MemoryStreamLog } from '../../shared/adapters/memory/memory-stream-log.ts';
import { MemoryTradeStore } from '../../shared/adapters/memory/memory-trade-store.ts';
import { topology } from '../../shared/topology.ts';
import { recordsAsGiven } from '../support/records-as-given.ts';
import { describeCandleStore } from './suites/candle-store.ts';
import { describeEventBus } from './suites/event-bus.ts';
import { describeObjectStore } from './suites/object-store.ts';
import { describeQualityStore } from './suites/quality-store.ts';
import { describeQueueSender } from './suites/queue-sender.ts';
import { describeQuoteStore } from './suites/quote-store.ts';
import { describeStateStore } from './suites/state-store.ts';
import { describeStreamWriter } from './suites/stream-writer.ts';
import { describeTradeSpans } from './suites/trade-spans.ts';
import { describeTradeStore } from './suites/trade-store.ts';
import { drainedQueue, eventsTaken } from './suites/taken.ts';

const close = async () => undefined;

describeStateStore('MemoryStateStore', async () => ({ store: new MemoryStateStore(recordsAsGiven), close }));

describeStreamWriter('MemoryStreamLog', async () => {
  const streams = new MemoryStreamLog();
  return { streams, received: async (stream) => streams.read(stream, 0, 100_000, Infinity), close };
});

describeEventBus('MemoryEventBus', async () => {
  const bus = new MemoryEventBus(topology.rules);
  return { bus, received: eventsTaken(bus), close };
});

describeQueueSender('MemoryQueues', async () => {
  const queues = new MemoryQueues(topology.queues);
  return { queues, receive: async (queue) => drainedQueue(queues, queue), close };
});

describeObjectStore('MemoryObjectStore', async () => ({ objects: new MemoryObjectStore(), close }));

describeCandleStore('MemoryCandleStore', async () => ({ candles: new MemoryCandleStore(), close }));

const openTrades = async () => ({ trades: new MemoryTradeStore(), close });
describeTradeStore('MemoryTradeStore', openTrades);
describeTradeSpans('MemoryTradeStore', openTrades);

describeQuoteStore('MemoryQuoteStore', () => new MemoryQuoteStore());
describeQualityStore('MemoryQualityStore', () => new MemoryQualityStore());
