import { slippedPrice, type PaperModel } from '../accounts/paper-model.ts';
import type { Decimal } from '../decimal.ts';
import { executionOf, quantityFor } from './execution.ts';
import { cappedVolume } from './market-step.ts';
import type { FilledReport, OrderReport, ReportBody } from './report.ts';
import { limitPriceOf, type Progress, type WorkingOrder } from './working-order.ts';

/** A price that is there to be had. */
export interface Offer {
  readonly price: Decimal;
  readonly timeMs: number;
  readonly tradeId: string | number;
  /** How much of it; null: unknown, and bounds nothing. */
  readonly quantity: Decimal | null;
  readonly quality: number;
}

/** What an order may have of a step, where others of ours meet the same. */
export interface Room {
  /** Volume that ours have left; null: as much as the model allows of the step. */
  readonly volume: Decimal | null;
  /** How much a reduce-only order may fill until its position is zero. */
  readonly reducible: Decimal;
}

export interface Matched {
  /** null: it has ended. */
  readonly order: WorkingOrder | null;
  readonly reports: readonly OrderReport[];
}

const NO_REPORTS: readonly OrderReport[] = [];

/** One order in one step: what it has become of it, and what is told. */
export class Meeting {
  readonly order: WorkingOrder;
  readonly paper: PaperModel;
  readonly #room: Room;
  progress: Progress;
  #reports: OrderReport[] | null = null;
  #filled = 0n;
  #ended = false;

  constructor(order: WorkingOrder, paper: PaperModel, room: Room) {
    this.order = order;
    this.paper = paper;
    this.#room = room;
    this.progress = order.progress;
  }

  get isOver(): boolean {
    return this.#ended;
  }

  result(): Matched {
    const { order, progress } = this;
    const reports = this.#reports ?? NO_REPORTS;
    if (this.#ended) return { order: null, reports };
    return { order: progress === order.progress ? order : { ...order, progress }, reports };
  }

  change(fields: Partial<Progress>): void {
    this.progress = { ...this.progress, ...fields };
  }

  report(body: ReportBody, timeMs: number): void {
    const number = this.progress.reports + 1;
    this.change({ reports: number });
    (this.#reports ??= []).push({ clientOrderId: this.order.clientOrderId, number, timeMs, ...body });
  }

  /** It is at the venue. A fill has said so already. */
  accept(timeMs: number): void {
    if (this.progress.isAccepted || this.progress.fills > 0) return;
    this.change({ isAccepted: true });
    this.report({ kind: 'accepted' }, timeMs);
  }

  end(kind: 'canceled' | 'expired', reason: string, timeMs: number): void {
    this.#ended = true;
    this.report({ kind, reason }, timeMs);
  }

  /** It cannot be in the market: refused if it never was, else canceled. */
  refuse(reason: string, timeMs: number): void {
    this.#ended = true;
    const wasThere = this.progress.isAccepted || this.progress.fills > 0;
    this.report({ kind: wasThere ? 'canceled' : 'rejected', reason }, timeMs);
  }

  /** Fills at what is offered, as far as it and the terms allow. */
  take(offer: Offer): void {
    const { terms } = this.order;
    const { takerFee } = this.paper;
    const price = this.#priceToTake(offer);
    if (price <= 0n) return this.refuse('slippage leaves no price', offer.timeMs);
    const leaves = this.#leavesAt(price, takerFee);
    if (leaves <= 0n) return this.refuse('amount is too small for any quantity', offer.timeMs);
    const wanted = this.#withinPosition(leaves);
    if (wanted <= 0n) return this.end('canceled', 'there is no position to reduce', offer.timeMs);
    const quantity = this.#withinVolume(wanted, offer.quantity);
    if (terms.timeInForce === 'FOK' && quantity < wanted)
      return this.end('canceled', 'not all of it could be filled at once', offer.timeMs);
    if (quantity > 0n) this.#fill(offer, price, quantity, leaves, takerFee, 'taker');
    if (!this.#ended && terms.timeInForce === 'IOC')
      this.end('canceled', 'the rest could not be filled at once', offer.timeMs);
  }

  /**
   * Fills at its own price, out of the queue.
   * @param most of what the queue leaves to it; null: all.
   */
  make(offer: Offer, most: Decimal | null): void {
    const price = limitPriceOf(this.order.terms)!;
    const { makerFee } = this.paper;
    const leaves = this.#leavesAt(price, makerFee);
    const wanted = this.#withinPosition(leaves);
    if (wanted <= 0n) return this.end('canceled', 'there is no position to reduce', offer.timeMs);
    let quantity = this.#withinVolume(wanted, offer.quantity);
    if (most !== null && quantity > most) quantity = most;
    if (quantity > 0n) this.#fill(offer, price, quantity, leaves, makerFee, 'maker');
  }

  #priceToTake({ price, quantity }: Offer): Decimal {
    const { terms } = this.order;
    const { slippage, takerFee } = this.paper;
    const ours =
      slippage.kind === 'fixed' ? 0n : this.#withinVolume(this.#leavesAt(price, takerFee), quantity);
    const slipped = slippedPrice(slippage, price, terms.side, ours, quantity);
    const limit = limitPriceOf(terms);
    if (limit === null) return slipped;
    return terms.side === 'BUY' ? (slipped < limit ? slipped : limit) : slipped > limit ? slipped : limit;
  }

  #leavesAt(price: Decimal, feeRate: Decimal): Decimal {
    const { terms } = this.order;
    const { filledQuantity, spent } = this.progress;
    return terms.quantity === null
      ? quantityFor(terms.quoteQuantity - spent, price, feeRate)
      : terms.quantity - filledQuantity;
  }

  #withinPosition(quantity: Decimal): Decimal {
    if (!this.order.terms.reduceOnly) return quantity;
    const reducible = this.#room.reducible - this.#filled;
    return quantity < reducible ? quantity : reducible;
  }

  #withinVolume(quantity: Decimal, offered: Decimal | null): Decimal {
    const cap = cappedVolume(offered, this.paper.fill.volumeCap);
    if (cap === null) return quantity;
    const bound = (this.#room.volume ?? cap) - this.#filled;
    const left = bound > 0n ? bound : 0n;
    return quantity < left ? quantity : left;
  }

  #fill(
    offer: Offer,
    price: Decimal,
    quantity: Decimal,
    leaves: Decimal,
    feeRate: Decimal,
    liquidity: FilledReport['liquidity'],
  ): void {
    const { terms } = this.order;
    const execution = executionOf(terms.side, price, quantity, feeRate);
    const { fills, filledQuantity, spent } = this.progress;
    this.#filled += quantity;
    this.change({
      fills: fills + 1,
      filledQuantity: filledQuantity + quantity,
      spent: terms.side === 'BUY' ? spent - execution.cashChange : spent,
    });
    const leavesQuantity = leaves - quantity;
    this.report(
      {
        kind: 'filled',
        side: terms.side,
        ...execution,
        fillNumber: fills,
        leavesQuantity,
        liquidity,
        tradeId: offer.tradeId,
        quality: this.order.quality | offer.quality,
      },
      offer.timeMs,
    );
    if (leavesQuantity === 0n) this.#ended = true;
    else if (terms.reduceOnly && this.#withinPosition(leavesQuantity) <= 0n)
      this.end('canceled', 'there is no position left to reduce', offer.timeMs);
  }
}
