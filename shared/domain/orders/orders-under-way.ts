import type { Decimal } from '../decimal.ts';
import type { LinkedOrder } from './command.ts';
import type { Matched } from './meeting.ts';
import type { FilledReport, OrderReport, ReportBody } from './report.ts';
import { endOf, type WorkingOrder } from './working-order.ts';

/** In order of arrival. */
export type VenueOrders = readonly LinkedOrder[];

export interface Settled {
  readonly orders: VenueOrders;
  readonly reports: readonly OrderReport[];
}

/** An exit, and what its entry filled at. */
export interface Released {
  readonly clientOrderId: string;
  readonly entryPrice: Decimal;
}

/** The orders of an instrument while a command or a step works upon them, and what follows for those that belong together. */
export class OrdersUnderWay {
  readonly #orders: Map<string, LinkedOrder>;
  readonly #reports: OrderReport[] = [];
  #released: Released[] = [];

  constructor(orders: VenueOrders) {
    this.#orders = new Map(orders.map((linked) => [linked.order.clientOrderId, linked]));
  }

  settled(): Settled {
    return { orders: [...this.#orders.values()], reports: this.#reports };
  }

  get(clientOrderId: string): LinkedOrder | undefined {
    return this.#orders.get(clientOrderId);
  }

  /** At the end of all, or where it is already. */
  put(linked: LinkedOrder): void {
    this.#orders.set(linked.order.clientOrderId, linked);
  }

  putLast(linked: LinkedOrder): void {
    this.#orders.delete(linked.order.clientOrderId);
    this.put(linked);
  }

  /** Exits that an entry has released since this was last asked. */
  takeReleased(): readonly Released[] {
    const released = this.#released;
    this.#released = [];
    return released;
  }

  tell(report: OrderReport): void {
    this.#reports.push(report);
  }

  /** Numbers a report of an order that goes on working. */
  change(linked: LinkedOrder, order: WorkingOrder, body: ReportBody, timeMs: number): LinkedOrder {
    const number = order.progress.reports + 1;
    this.tell({ clientOrderId: order.clientOrderId, number, timeMs, ...body });
    const changed = { ...linked, order: { ...order, progress: { ...order.progress, reports: number } } };
    this.put(changed);
    return changed;
  }

  /** Ends an order otherwise than by filling it, and with it those that make no sense without it. */
  end(linked: LinkedOrder, kind: 'canceled' | 'expired', reason: string, timeMs: number): void {
    this.#endAlone(linked, kind, reason, timeMs);
    this.#afterEnd(linked, timeMs);
  }

  #endAlone({ order }: LinkedOrder, kind: 'canceled' | 'expired', reason: string, timeMs: number): void {
    this.#orders.delete(order.clientOrderId);
    this.tell({
      clientOrderId: order.clientOrderId,
      number: order.progress.reports + 1,
      timeMs,
      kind,
      reason,
    });
  }

  /** What a step has made of an order, and what follows from it. */
  matched(linked: LinkedOrder, { order, reports }: Matched): void {
    const { clientOrderId } = linked.order;
    if (order === null) this.#orders.delete(clientOrderId);
    else this.put({ ...linked, order });
    for (const report of reports) this.tell(report);
    for (const report of reports) if (report.kind === 'filled') this.#afterFill(linked, report);
    const last = reports.at(-1);
    if (order === null && last !== undefined && last.kind !== 'filled') {
      const hasFilled = linked.order.progress.fills > 0 || reports.some(({ kind }) => kind === 'filled');
      this.#afterEnd(linked, last.timeMs, hasFilled);
    }
  }

  #afterFill(linked: LinkedOrder, { quantity, price, timeMs }: FilledReport): void {
    const { siblings, order, parentId } = linked;
    for (const other of this.#siblingsOf(linked)) {
      if (siblings?.rule === 'reduce') this.#reduce(other, quantity, timeMs);
      else this.#endFor(other, timeMs);
    }
    for (const other of this.#orders.values())
      if (other.parentId === order.clientOrderId) this.#release(other, { quantity, price, timeMs });
    const parent = parentId === null ? undefined : this.get(parentId);
    if (parent !== undefined && !this.#hasExits(parent))
      this.end(parent, 'canceled', 'its exit has filled', timeMs);
  }

  #afterEnd(linked: LinkedOrder, timeMs: number, hasFilled = linked.order.progress.fills > 0): void {
    for (const other of this.#siblingsOf(linked)) {
      this.#endAlone(other, 'canceled', 'its sibling has ended', timeMs);
      this.#endExits(other, timeMs, other.order.progress.fills > 0);
    }
    this.#endExits(linked, timeMs, hasFilled);
  }

  /** What an entry has filled is still to be got out of. */
  #endExits({ order: { clientOrderId } }: LinkedOrder, timeMs: number, hasFilled: boolean): void {
    if (hasFilled) return;
    for (const other of [...this.#orders.values()])
      if (other.parentId === clientOrderId) this.#endAlone(other, 'canceled', 'its entry has ended', timeMs);
  }

  #endFor(sibling: LinkedOrder, timeMs: number): void {
    this.#endAlone(sibling, 'canceled', 'its sibling has filled', timeMs);
    this.#endExits(sibling, timeMs, sibling.order.progress.fills > 0);
  }

  #siblingsOf({ order, siblings }: LinkedOrder): LinkedOrder[] {
    if (siblings === null) return [];
    return [...this.#orders.values()].filter(
      (other) =>
        other.siblings?.groupId === siblings.groupId && other.order.clientOrderId !== order.clientOrderId,
    );
  }

  #hasExits({ order: { clientOrderId } }: LinkedOrder): boolean {
    return [...this.#orders.values()].some(({ parentId }) => parentId === clientOrderId);
  }

  #reduce(linked: LinkedOrder, by: Decimal, timeMs: number): void {
    const { order } = linked;
    const quantity = (order.terms.quantity ?? 0n) - by;
    if (quantity <= order.progress.filledQuantity) this.#endFor(linked, timeMs);
    else this.#resize(linked, quantity, timeMs);
  }

  /** An exit is of what its entry has filled. */
  #release(
    linked: LinkedOrder,
    { quantity: filled, price, timeMs }: Pick<FilledReport, 'quantity' | 'price' | 'timeMs'>,
  ): void {
    const { order, isHeld } = linked;
    if (!isHeld) return this.#resize(linked, (order.terms.quantity ?? 0n) + filled, timeMs);
    const effectiveTimeMs = Math.max(order.effectiveTimeMs, timeMs);
    const terms = { ...order.terms, quantity: filled } as WorkingOrder['terms'];
    const endsAtMs = endOf(terms, effectiveTimeMs);
    this.put({ ...linked, isHeld: false, order: { ...order, terms, effectiveTimeMs, endsAtMs } });
    this.#released.push({ clientOrderId: order.clientOrderId, entryPrice: price });
  }

  #resize(linked: LinkedOrder, quantity: Decimal, timeMs: number): void {
    const terms = { ...linked.order.terms, quantity } as WorkingOrder['terms'];
    this.change(linked, { ...linked.order, terms }, { kind: 'replaced', terms }, timeMs);
  }
}
