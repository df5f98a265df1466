import { SqliteEventBus } from '../../shared/adapters/embedded/sqlite-event-bus.ts';
import { openDatabase } from '../../shared/adapters/embedded/database.ts';
import { SqliteQueues } from '../../shared/adapters/embedded/sqlite-queues.ts';
import { SqliteStateStore } from '../../shared/adapters/embedded/sqlite-state-store.ts';
import { SqliteStreamLog, STREAM_LOG_SCHEMA } from '../../shared/adapters/embedded/sqlite-stream-log.ts';
import { STATE_SCHEMA } from '../../shared/adapters/embedded/state-database.ts';
import type { DeskMessage } from '../../shared/contracts/desk-messages.ts';
import type { DetailType, EventDetail } from '../../shared/contracts/events.ts';
import type { BusEvent, EventBus } from '../../shared/ports/event-bus.ts';
import { topology } from '../../shared/topology.ts';
import { MemoryCandleStore } from '../../shared/adapters/memory/memory-candle-store.ts';
import { MemoryTradeStore } from '../../shared/adapters/memory/memory-trade-store.ts';

/** What the trading functions speak to, in memory, with a clock to set and a bus that also remembers what it was told. */
export function tradingPorts() {
  const database = openDatabase(':memory:', STATE_SCHEMA);
  const published: BusEvent[] = [];
  const sqliteBus = new SqliteEventBus(database, topology.rules);
  let isAway = false;
  const bus: EventBus = {
    publish: async (events) => {
      if (isAway) throw new Error('the bus is away');
      published.push(...events);
      await sqliteBus.publish(events);
    },
  };
  const queues = new SqliteQueues(database, topology.queues);
  const send = queues.send.bind(queues);
  const toDesks: DeskMessage[] = [];
  queues.send = async (queue, messages) => {
    if (isAway) throw new Error('the bus is away');
    if (queue === 'desks') toDesks.push(...messages.map(({ body }) => JSON.parse(body) as DeskMessage));
    return send(queue, messages);
  };
  const clock = { timeMs: 0, nowMs: () => clock.timeMs };
  return {
    state: new SqliteStateStore(database),
    queues,
    streams: new SqliteStreamLog(openDatabase(':memory:', STREAM_LOG_SCHEMA), ['trades', 'raw']),
    trades: new MemoryTradeStore(),
    candles: new MemoryCandleStore(),
    bus,
    clock,
    published,
    /** Details of the events of one type, in order. */
    told: <T extends DetailType>(detailType: T) =>
      published
        .filter((event) => event.detailType === detailType)
        .map((event) => event.detail as EventDetail<T>),
    /** Signals that were sent to their desks, in order. */
    raised: () =>
      toDesks.flatMap((message) => {
        if (message.kind !== 'signal') return [];
        const { kind: _, ...raised } = message;
        return [raised];
      }),
    /** What the venue told of its orders. */
    reported: () => toDesks.flatMap((message) => (message.kind === 'report' ? [message.report] : [])),
    /** As a crash between a commit and what it tells, over the bus or a queue. */
    breakBus: (broken: boolean) => {
      isAway = broken;
    },
  };
}

export type TradingPorts = ReturnType<typeof tradingPorts>;

export const invocation = { awsRequestId: 'test', getRemainingTimeInMillis: () => 5000 };

/** An event as EventBridge delivers it. */
export function busEvent<T extends DetailType, D>(detailType: T, detail: D) {
  return {
    id: 'event',
    version: '0',
    account: '000000000000',
    time: '1970-01-01T00:00:00Z',
    region: 'embedded',
    resources: [],
    source: 'millrace',
    'detail-type': detailType,
    detail,
  };
}
