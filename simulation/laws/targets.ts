import { decidedKey, orderKey, reservationKey } from '../../shared/contracts/record-keys.ts';
import type { DecidedRecord, OrderRecord, ReservationRecord } from '../../shared/contracts/records.ts';
import type { Signal } from '../../shared/domain/orders/order.ts';
import { putsOf, recordsOf, type Law, type View } from '../fabric/watch.ts';

interface Waiting {
  readonly signal: Signal;
  readonly clientOrderId: string;
}

/** Advice that waits for an order is written down with it, and is taken up again when that has filled. */
export function targetsAreRemembered(): Law {
  const waiting = new Map<string, Waiting>();
  return {
    name: 'a target is remembered',
    onWrites: (writes, { stores }) => {
      for (const { value } of putsOf(writes, 'orders', 'STRATEGY', 'RESERVATION')) {
        const { clientOrderId, waiting: signal } = value as ReservationRecord;
        if (signal !== undefined) waiting.set(signal.signalId, { signal, clientOrderId });
      }
      for (const { pk, value } of putsOf(writes, 'orders', 'STRATEGY', 'DECIDED')) {
        const { candleOpenTimeMs, isWaiting } = value as DecidedRecord;
        const kept = stores.state.peek('orders', {
          pk,
          sk: reservationKey('').sk,
        }) as ReservationRecord | null;
        if (isWaiting && kept?.waiting?.candleOpenTimeMs !== candleOpenTimeMs)
          return `the advice of ${pk} at ${candleOpenTimeMs} waits, and nothing says so where its order is`;
      }
      return null;
    },
    atEnd: (view) => {
      for (const { signal, clientOrderId } of waiting.values()) {
        const order = view.stores.state.peek('orders', orderKey(clientOrderId)) as OrderRecord;
        if (order.status === 'FILLED' && !isSettled(signal, view))
          return `signal ${signal.signalId} waited for order ${clientOrderId}, which has filled, and was forgotten`;
      }
      return null;
    },
  };
}

/** It left an order, needed none, or was overtaken. */
function isSettled({ strategyId, signalId, candleOpenTimeMs }: Signal, { stores }: View): boolean {
  const decided = stores.state.peek('orders', decidedKey(strategyId)) as DecidedRecord;
  if (decided.candleOpenTimeMs > candleOpenTimeMs || !decided.isWaiting) return true;
  return recordsOf<OrderRecord>(stores, 'orders', 'ORDER', 'ORDER').some(
    (order) => order.signalId === signalId,
  );
}
