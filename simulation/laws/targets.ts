import {
  bookKey,
  decidedKey,
  killSwitchKey,
  orderKey,
  progressKey,
  reservationKey,
} from '../../shared/contracts/record-keys.ts';
import type {
  BookRecord,
  DecidedRecord,
  KillSwitchRecord,
  OrderRecord,
  ProgressRecord,
  ReservationRecord,
} from '../../shared/contracts/records.ts';
import { intervalMs } from '../../shared/domain/candles/interval.ts';
import { isEndState } from '../../shared/domain/orders/order-status.ts';
import type { Signal } from '../../shared/domain/orders/order.ts';
import { isDue, isHeld } from '../../shared/domain/trading/target.ts';
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

/**
 * The position is what was last advised, or it is written why it is not. What is to be sold is sold once nobody stops that any
 * more and a candle has closed.
 */
export function targetsAreReached(): Law {
  return {
    name: 'a target is reached, or its reason is told',
    onWrites: (writes, { stores }) => {
      for (const { value } of putsOf(writes, 'orders', 'ORDER', 'ORDER')) {
        const { clientOrderId, strategyId, side, status } = value as OrderRecord;
        if (!isEndState(status) || status === 'FILLED') continue;
        const decided = stores.state.peek('orders', decidedKey(strategyId)) as DecidedRecord | null;
        const isWorkedUpon = stores.state.peek('orders', reservationKey(strategyId)) !== null;
        if (decided?.target?.signal.side === side && !isHeld(decided.target) && !isWorkedUpon)
          return `order ${clientOrderId} is ${status}, and what it was made for counts as worked upon`;
      }
      return null;
    },
    atEnd: (view) => {
      const newest = new Map<string, Signal>();
      for (const signal of recordsOf<Signal>(view.stores, 'signals', 'STRATEGY', 'SIGNAL'))
        if (signal.candleOpenTimeMs > (newest.get(signal.strategyId)?.candleOpenTimeMs ?? -1))
          newest.set(signal.strategyId, signal);
      for (const signal of newest.values()) {
        const wrong = whyNotReached(signal, view);
        if (wrong !== null) return `${signal.side} of ${signal.strategyId}, advised last, ${wrong}`;
      }
      return null;
    },
  };
}

function whyNotReached(signal: Signal, { stores }: View): string | null {
  const { strategyId, signalId, side, accountId } = signal;
  const { quantity } = stores.state.peek('portfolio', bookKey(strategyId)) as BookRecord;
  if ((side === 'BUY') === (quantity !== '0')) return null;
  const { target = null } = stores.state.peek('orders', decidedKey(strategyId)) as DecidedRecord;
  if (!isHeld(target)) {
    const orders = recordsOf<OrderRecord>(stores, 'orders', 'ORDER', 'ORDER').filter(
      (order) => order.strategyId === strategyId,
    );
    const newestAtMs = Math.max(...orders.map(({ effectiveTimeMs }) => effectiveTimeMs));
    // An order that was under way for earlier advice may have worked towards this as well.
    const saysWhy = orders.some(
      (order) =>
        (order.signalId === signalId || order.effectiveTimeMs === newestAtMs) &&
        order.side === 'BUY' &&
        order.status !== 'FILLED',
    );
    return saysWhy ? null : 'is not so, and nothing says why';
  }
  const { lastCandleOpenTimeMs } = stores.state.peek('signals', progressKey(strategyId)) as ProgressRecord;
  const closedAtMs = lastCandleOpenTimeMs + intervalMs(signal.interval);
  const { engaged, atMs } = stores.state.peek('orders', killSwitchKey(accountId)) as KillSwitchRecord;
  const mayBeSold = side === 'SELL' && !engaged && closedAtMs > atMs && isDue(target, closedAtMs);
  return mayBeSold ? `is held still by what is over: ${target.heldBy}` : null;
}
