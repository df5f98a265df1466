import { decidedKey } from '../../shared/contracts/record-keys.ts';
import type { DecidedRecord, OrderRecord, QuarantineRecord } from '../../shared/contracts/records.ts';
import { isEndState } from '../../shared/domain/orders/order-status.ts';
import type { Signal } from '../../shared/domain/orders/order.ts';
import { recordsOf, type Law, type View } from '../fabric/watch.ts';

/** Once all has been well for long enough, everything has come to its end, and nothing was given up. */
export function nothingIsLost(): Law {
  return {
    name: 'nothing is lost',
    atEnd: (view) =>
      waitsStill(view) ??
      ordersThatNeverEnd(view) ??
      signalsWithoutDecision(view) ??
      givenUp(view) ??
      setAside(view),
  };
}

function waitsStill({ stores: { state, deliveries, queues } }: View): string | null {
  const kinds = ['OUTBOX', 'RESERVATION'];
  for (const { table, pk, sk } of state.kept())
    if (kinds.includes(sk)) return `${table} ${pk} / ${sk} is left over`;
  const [delivery] = deliveries.waiting.values();
  if (delivery !== undefined) return `${delivery.detailType} to ${delivery.functionName} was never delivered`;
  for (const [queue, messages] of queues.messages)
    if (messages.length > 0) return `${messages.length} messages lie in ${queue}`;
  return null;
}

function ordersThatNeverEnd({ stores }: View): string | null {
  const orders = recordsOf<OrderRecord>(stores, 'orders', 'ORDER', 'ORDER');
  const open = orders.find(({ status }) => !isEndState(status));
  return open === undefined ? null : `order ${open.clientOrderId} is still ${open.status}`;
}

/** A signal leaves an order, or a note that it needed none. */
function signalsWithoutDecision({ stores }: View): string | null {
  const decided = new Set(
    recordsOf<OrderRecord>(stores, 'orders', 'ORDER', 'ORDER').map(({ signalId }) => signalId),
  );
  for (const signal of recordsOf<Signal>(stores, 'signals', 'STRATEGY', 'SIGNAL')) {
    if (decided.has(signal.signalId)) continue;
    const note = stores.state.peek('orders', decidedKey(signal.strategyId)) as DecidedRecord | null;
    if (note === null || note.candleOpenTimeMs < signal.candleOpenTimeMs)
      return `signal ${signal.signalId} of ${signal.strategyId} was never decided upon`;
  }
  return null;
}

function givenUp({ stores: { streams, deliveries, queues } }: View): string | null {
  const [record] = streams.dead;
  if (record !== undefined)
    return `${record.consumer} gave up record ${record.sequence} of ${record.stream}: ${record.cause}`;
  const message = queues.dead.find(({ body }) => !body.includes('poison'));
  if (message !== undefined) return `${message.queue} gave up ${message.body}`;
  const [event] = deliveries.dead;
  return event === undefined ? null : `${event.functionName} gave up ${event.detailType}: ${event.cause}`;
}

/** Quarantine holds what was poison, and nothing else. */
function setAside({ stores }: View): string | null {
  const odd = recordsOf<QuarantineRecord>(stores, 'operations', 'QUARANTINE', 'ITEM').find(
    ({ payload }) => !payload.includes('poison') && !payload.includes('"-"'),
  );
  return odd === undefined
    ? null
    : `${odd.functionName} set aside what was no poison: ${odd.cause}: ${odd.payload}`;
}
