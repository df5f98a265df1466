/** Faults of the kind that a simulation is there to find, each in the place of the ports of the function that would have it. */
import { killSwitchKey, orderKey } from '../../shared/contracts/record-keys.ts';
import type { OrderRecord, ReservationRecord } from '../../shared/contracts/records.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { PutWrite, StateStore, Write } from '../../shared/ports/state-store.ts';
import type { Outbox } from '../../shared/runtime/outbox.ts';
import type { FunctionName } from '../../shared/topology.ts';
import type { Plant } from '../../simulation/fabric/platform.ts';

function inFunction(functionName: FunctionName, change: (ports: Ports) => Partial<Ports>): Plant {
  return (ports, name) => (name === functionName ? { ...ports, ...change(ports) } : ports);
}

/** The rest is as it is. */
function stateWith(state: StateStore, changed: Partial<StateStore>): StateStore {
  return {
    get: async (...a) => state.get(...a),
    query: async (...a) => state.query(...a),
    queryIndex: async (...a) => state.queryIndex(...a),
    write: async (...a) => state.write(...a),
    transact: async (...a) => state.transact(...a),
    ...changed,
  };
}

/** Writes under keys of these kinds say nothing of what they expect. */
export function withoutCondition(functionName: FunctionName, ...sortKeys: readonly string[]): Plant {
  const freed = (write: Write): Write | null => {
    if (!sortKeys.includes(write.sk)) return write;
    return write.kind === 'check' ? null : { ...write, condition: { kind: 'none' } };
  };
  return inFunction(functionName, ({ state }) => ({
    state: stateWith(state, {
      write: async (write) => state.write(freed(write) ?? write),
      transact: async (writes) => state.transact(writes.map(freed).filter((write) => write !== null)),
    }),
  }));
}

/** That an event could not be published is nothing to speak of. */
export const eventSwallowed: Plant = inFunction('run-desk', ({ bus }) => ({
  bus: { publish: async (events) => bus.publish(events).catch(() => undefined) },
}));

/** That a message could not be sent is none either. */
export function messageSwallowed(functionName: FunctionName): Plant {
  return inFunction(functionName, ({ queues }) => ({
    queues: { send: async (queue, messages) => queues.send(queue, messages).catch(() => undefined) },
  }));
}

/** What a change is to cause is told before the change is there. */
export function outboxBeforeCommit(functionName: FunctionName): Plant {
  return inFunction(functionName, ({ state, bus, queues }) => ({
    state: stateWith(state, {
      transact: async (writes) => {
        const outboxes = writes.filter(
          (write): write is PutWrite => write.kind === 'put' && write.sk === 'OUTBOX',
        );
        for (const { value } of outboxes) {
          for (const effect of (value as Outbox).effects)
            if (effect.kind === 'publish') await bus.publish([effect.event]);
            else await queues.send(effect.queue, [effect.message]);
        }
        await state.transact(writes);
      },
    }),
  }));
}

/** An order is approved, and whoever was to submit it is never told. */
export const forgottenOrder: Plant = inFunction('run-desk', ({ queues }) => ({
  queues: { send: async (queue, messages) => (queue === 'desks' ? queues.send(queue, messages) : undefined) },
}));

/** Which reports of an order were heard is not known. */
export const reportHeardAgain: Plant = inFunction('run-desk', ({ state }) => ({
  state: stateWith(state, {
    get: async <T>(...[table, key]: Parameters<StateStore['get']>) => {
      const item = await state.get<T>(table, key);
      if (item === null || key.sk !== orderKey('').sk) return item;
      const { reports: _, ...value } = item.value as OrderRecord;
      return { ...item, value: value as T };
    },
  }),
}));

/** The venue says of each part that it is the last. */
export const partToldAsLast: Plant = inFunction('match-orders', ({ state, queues }) => {
  const asLast = (text: string): string =>
    text.replaceAll(/"leavesQuantity":"[\d.]+"/g, '"leavesQuantity":"0"');
  return {
    state: stateWith(state, {
      write: async (write) => state.write(JSON.parse(asLast(JSON.stringify(write))) as Write),
    }),
    queues: {
      send: async (queue, messages) =>
        queues.send(
          queue,
          messages.map((message) => ({ ...message, body: asLast(message.body) })),
        ),
    },
  };
});

/** Advice that waits for an order is not written down with it. */
export const forgottenTarget: Plant = inFunction('run-desk', ({ state }) => ({
  state: stateWith(state, {
    transact: async (writes) =>
      state.transact(
        writes.map((write) => {
          if (write.kind !== 'put' || write.sk !== 'RESERVATION') return write;
          const { waiting: _, ...value } = write.value as ReservationRecord;
          return { ...write, value };
        }),
      ),
  }),
}));

/** The advice that waited is dropped when its order has filled. */
export const targetNotResumed: Plant = inFunction('run-desk', ({ state }) => ({
  state: stateWith(state, {
    get: async <T>(...[table, key]: Parameters<StateStore['get']>) => {
      const item = await state.get<T>(table, key);
      if (item === null || key.sk !== 'RESERVATION') return item;
      const { waiting: _, ...value } = item.value as ReservationRecord;
      return { ...item, value: value as T };
    },
  }),
}));

/** What an order was made for is not written down when that was stopped on its way. */
export const targetOfStoppedOrderForgotten: Plant = inFunction('submit-order', ({ state }) => ({
  state: stateWith(state, {
    transact: async (writes) => state.transact(writes.filter(({ sk }) => sk !== 'DECIDED')),
  }),
}));

/** What is held is looked for by nobody. */
export const targetNotTriedAgain: Plant = inFunction('evaluate-strategies', ({ state }) => ({
  state: stateWith(state, {
    queryIndex: async (...[table, partition, options]) =>
      table === 'orders' ? { items: [], next: null } : state.queryIndex(table, partition, options),
  }),
}));

/** The kill switch is believed to be off. */
export const blindToKillSwitch: Plant = inFunction('submit-order', ({ state }) => ({
  state: stateWith(state, {
    get: async <T>(...[table, key]: Parameters<StateStore['get']>) => {
      const item = await state.get<T>(table, key);
      return item === null || key.sk !== killSwitchKey('').sk
        ? item
        : { ...item, value: { ...item.value, engaged: false } };
    },
  }),
}));

/** Whatever fails is taken for done. */
export function failureTakenForDone(functionName: FunctionName): Plant {
  return inFunction(functionName, ({ state }) => ({
    state: stateWith(state, { transact: async (writes) => state.transact(writes).catch(() => undefined) }),
  }));
}
