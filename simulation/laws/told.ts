import { fillKey, orderKey, signalKey, venueReportKey } from '../../shared/contracts/record-keys.ts';
import type { OrderRecord } from '../../shared/contracts/records.ts';
import { deskMessage } from '../../shared/contracts/desk-messages.ts';
import { eventSchemas } from '../../shared/contracts/events.ts';
import { isEndState } from '../../shared/domain/orders/order-status.ts';
import type { Signal } from '../../shared/domain/orders/order.ts';
import type { BusEvent } from '../../shared/ports/event-bus.ts';
import type { ItemKey } from '../../shared/ports/state-store.ts';
import type { TableName } from '../../shared/topology.ts';
import { deskMessagesOf, putsOf, recordsOf, type Law, type View } from '../fabric/watch.ts';

/**
 * Nobody is told of what is not written down: a crash between the two would have told a tale. What is told late may have
 * been followed by something else since.
 */
export function toldOnceWritten(): Law {
  const statuses = new Map<string, Set<string>>();
  return {
    name: 'what is told is written down',
    onWrites: (writes) => {
      for (const { value } of putsOf(writes, 'orders', 'ORDER', 'ORDER')) {
        const { clientOrderId, status } = value as OrderRecord;
        const written = statuses.get(clientOrderId) ?? new Set();
        statuses.set(clientOrderId, written.add(status));
      }
      return null;
    },
    onPublished: (events, view) => {
      for (const event of events) {
        const wrong = whatIsMissing(event, view, statuses);
        if (wrong !== null) return wrong;
      }
      return null;
    },
    onSent: (messages, view) => {
      for (const { body } of messages) {
        const wrong = whatIsMissingOf(JSON.parse(body), view);
        if (wrong !== null) return wrong;
      }
      return null;
    },
  };
}

/** @param message to a desk, or of an order to submit */
function whatIsMissingOf(message: unknown, { stores: { state } }: View): string | null {
  const told = deskMessage.safeParse(message).data;
  if (told === undefined) {
    const { clientOrderId } = message as { readonly clientOrderId: string };
    return state.peek('orders', orderKey(clientOrderId)) === null
      ? `order ${clientOrderId} was sent on, and is not in the table`
      : null;
  }
  if (told.kind === 'signal') {
    const { strategyId, signalId, candleOpenTimeMs } = told.signal;
    return state.peek('signals', signalKey(strategyId, candleOpenTimeMs)) === null
      ? `signal ${signalId} was sent to its desk, and is not in the table`
      : null;
  }
  const { clientOrderId, number } = told.report;
  return state.peek('orders', venueReportKey(clientOrderId, number)) === null
    ? `report ${number} of order ${clientOrderId} was sent to its desk, and is not in the table`
    : null;
}

function whatIsMissing(
  { detailType, detail }: BusEvent,
  { stores }: View,
  statuses: ReadonlyMap<string, ReadonlySet<string>>,
): string | null {
  const unlessKept = (table: TableName, key: ItemKey): string | null =>
    stores.state.peek(table, key) === null
      ? `${detailType} was told of ${key.pk}, which is not written`
      : null;
  switch (detailType) {
    case 'PortfolioChangedV1':
      return unlessKept('portfolio', fillKey(eventSchemas[detailType].parse(detail).fill.fillId));
    case 'OrderChangedV1': {
      const { clientOrderId, status } = (detail as { readonly order: OrderRecord }).order;
      const written = statuses.get(clientOrderId);
      if (written === undefined) return `order ${clientOrderId} was told of, and is not in the table`;
      return written.has(status)
        ? null
        : `order ${clientOrderId} was told to be ${status}, and was only ${[...written].join(', ')}`;
    }
    default:
      return null;
  }
}

/** Whoever watches hears how each order ended. */
export function endsAreTold(): Law {
  const told = new Set<string>();
  return {
    name: 'how an order ended is told',
    onPublished: (events) => {
      for (const { detailType, detail } of events) {
        if (detailType !== 'OrderChangedV1') continue;
        const { clientOrderId, status } = (detail as { readonly order: OrderRecord }).order;
        told.add(`${clientOrderId} ${status}`);
      }
      return null;
    },
    atEnd: ({ stores }) => {
      const untold = recordsOf<OrderRecord>(stores, 'orders', 'ORDER', 'ORDER').find(
        ({ clientOrderId, status }) => isEndState(status) && !told.has(`${clientOrderId} ${status}`),
      );
      return untold === undefined ? null : `nobody was told that ${untold.clientOrderId} is ${untold.status}`;
    },
  };
}

/** Whoever decides hears of each signal, also where the next one would hide that it did not. */
export function signalsAreTold(): Law {
  const told = new Set<string>();
  return {
    name: 'a signal is told',
    onSent: (messages) => {
      for (const message of deskMessagesOf(messages))
        if (message.kind === 'signal') told.add(message.signal.signalId);
      return null;
    },
    atEnd: ({ stores }) => {
      const untold = recordsOf<Signal>(stores, 'signals', 'STRATEGY', 'SIGNAL').find(
        ({ signalId }) => !told.has(signalId),
      );
      return untold === undefined
        ? null
        : `nobody was told of signal ${untold.signalId} of ${untold.strategyId}`;
    },
  };
}
