/** Ports that let a watch see what is done through them, once it is done. */
import type { EventBus } from '../../shared/ports/event-bus.ts';
import type { QueueSender } from '../../shared/ports/queue-sender.ts';
import type { ItemKey, StateStore } from '../../shared/ports/state-store.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { FunctionName, TableName } from '../../shared/topology.ts';
import type { Watch } from './watch.ts';

/** @param functionName who reads; null: none of the functions */
export function watchedState(state: StateStore, watch: Watch, functionName: FunctionName | null): StateStore {
  return {
    get: async <T>(table: TableName, key: ItemKey) => {
      const item = await state.get<T>(table, key);
      if (item !== null && functionName !== null)
        watch.read({ functionName, table, ...key, value: item.value });
      return item;
    },
    query: async (...a) => state.query(...a),
    queryIndex: async (...a) => state.queryIndex(...a),
    write: async (write) => {
      await state.write(write);
      watch.writes([write]);
    },
    transact: async (writes) => {
      await state.transact(writes);
      watch.writes(writes);
    },
  };
}

export function watchedStreams(streams: StreamWriter, watch: Watch): StreamWriter {
  return {
    append: async (stream, records) => {
      await streams.append(stream, records);
      watch.appended(records);
    },
  };
}

export function watchedBus(bus: EventBus, watch: Watch): EventBus {
  return {
    publish: async (events) => {
      await bus.publish(events);
      watch.published(events);
    },
  };
}

export function watchedQueues(queues: QueueSender, watch: Watch): QueueSender {
  return {
    send: async (queue, messages) => {
      await queues.send(queue, messages);
      watch.sent(messages);
    },
  };
}
