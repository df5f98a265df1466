/** A limit that rests: it fills at its own price, as a maker, never at a better one. */
import { seededFraction } from '../accounts/seeded-fraction.ts';
import type { Decimal } from '../decimal.ts';
import type { QuoteStep, TradeStep } from './market-step.ts';
import type { Meeting, Offer } from './meeting.ts';
import { passQueue, placeAfterQuote, queueKindOf } from './queue-place.ts';
import { limitPriceOf } from './working-order.ts';

/** -1: the price does not come to the limit; 0: it is just there; 1: it goes through. */
export function reach(side: 'BUY' | 'SELL', limit: Decimal, price: Decimal): -1 | 0 | 1 {
  if (price === limit) return 0;
  return price < limit === (side === 'BUY') ? 1 : -1;
}

export function restThroughTrade(meeting: Meeting, trade: TradeStep, offer: Offer): void {
  const { terms } = meeting.order;
  const reached = reach(terms.side, limitPriceOf(terms)!, trade.price);
  if (reached === 1) meeting.make(offer, null);
  // Who took from our own side of the book did not come to us.
  else if (reached === 0 && trade.takerSide !== terms.side) touch(meeting, offer);
}

/** All that is known of a candle is how far it went: of what was traded at its furthest price nothing, so no queue moves on. */
export function restThroughRange(meeting: Meeting, offer: Offer): void {
  const { terms } = meeting.order;
  const reached = reach(terms.side, limitPriceOf(terms)!, offer.price);
  if (reached === 1 || (reached === 0 && isReachedByTouch(meeting, offer))) meeting.make(offer, null);
}

function isReachedByTouch({ order, paper }: Meeting, { timeMs, tradeId }: Offer): boolean {
  const { queue, seed } = paper.fill;
  if (queue.kind !== 'chance') return queue.kind === 'touch';
  return seededFraction(seed, 'touch', order.clientOrderId, timeMs, tradeId) < queue.probability;
}

function touch(meeting: Meeting, offer: Offer): void {
  const { paper, progress } = meeting;
  if (isReachedByTouch(meeting, offer)) return meeting.make(offer, null);
  if (queueKindOf(paper.fill.queue) === null || progress.queue === null || offer.quantity === null) return;
  const { place, ours } = passQueue(progress.queue, offer.quantity);
  meeting.change({ queue: place });
  if (ours > 0n) meeting.make(offer, ours);
}

/** The other side has come to our price or beyond: it would have met us. Else the quote tells where we stand. */
export function restThroughQuote(meeting: Meeting, quote: QuoteStep, other: Offer): void {
  const { terms } = meeting.order;
  const limit = limitPriceOf(terms)!;
  if (reach(terms.side, limit, other.price) >= 0) return meeting.make(other, null);
  const kind = queueKindOf(meeting.paper.fill.queue);
  if (kind === null) return;
  const { queue } = meeting.progress;
  const place = placeAfterQuote(queue, quote, terms.side, limit, kind);
  if (place !== queue) meeting.change({ queue: place });
}
