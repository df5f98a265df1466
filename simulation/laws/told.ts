import { fillKey, orderKey, signalKey, venueReportKey } from '../../shared/contracts/record-keys.ts';
import type { OrderRecord } from '../../shared/contracts/records.ts';
import { eventSchemas } from '../../shared/contracts/events.ts';
import { isEndState } from '../../shared/domain/orders/order-status.ts';
import type { Signal } from '../../shared/domain/orders/order.ts';
import type { BusEvent } from '../../shared/ports/event-bus.ts';
import type { ItemKey } from '../../shared/ports/state-store.ts';
import type { TableName } from '../../shared/topology.ts';
import { putsOf, recordsOf, type Law, type View } from '../fabric/watch.ts';

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
    onSent: (messages, { stores }) => {
      for (const { body } of messages) {
        const { clientOrderId } = JSON.parse(body) as { readonly clientOrderId: string };
        if (stores.state.peek('orders', orderKey(clientOrderId)) === null)
          return `order ${clientOrderId} was sent on, and is not in the table`;
      }
      return null;
    },
  };
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
    case 'SignalRaisedV1': {
      const { signal } = eventSchemas[detailType].parse(detail);
      return unlessKept('signals', signalKey(signal.strategyId, signal.candleOpenTimeMs));
    }
    case 'PortfolioChangedV1':
      return unlessKept('portfolio', fillKey(eventSchemas[detailType].parse(detail).fill.fillId));
    case 'OrderFilledV1':
      return unlessKept('orders', venueReportKey(eventSchemas[detailType].parse(detail).fill.clientOrderId));
    case 'OrderRejectedV1':
    case 'OrderExpiredV1':
      return unlessKept('orders', venueReportKey(eventSchemas[detailType].parse(detail).clientOrderId));
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
    onPublished: (events) => {
      for (const { detailType, detail } of events)
        if (detailType === 'SignalRaisedV1') told.add(eventSchemas[detailType].parse(detail).signal.signalId);
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
