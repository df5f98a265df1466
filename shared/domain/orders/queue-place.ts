/**
 * Where a resting order stands among those at its price, as far as trades and quotes tell. After hftbacktest's queue models
 * (hftbacktest/src/backtest/models/queue.rs: RiskAdverseQueueModel, and ProbQueueModel with the power function of n = 1).
 */
import type { QueueModel } from '../accounts/paper-model.ts';
import type { Decimal } from '../decimal.ts';
import type { QuoteStep } from './market-step.ts';
import type { QueuePlace } from './working-order.ts';

/** Those that keep a place. */
export type QueueKind = 'risk-averse' | 'proportional';

/** null: the model keeps no place. */
export function queueKindOf({ kind }: QueueModel): QueueKind | null {
  return kind === 'risk-averse' || kind === 'proportional' ? kind : null;
}

/** What a trade at the price leaves to us, once those before us are served. */
export function passQueue(
  place: QueuePlace,
  traded: Decimal,
): { readonly place: QueuePlace; readonly ours: Decimal } {
  const ahead = place.ahead - traded;
  const after = { ahead: ahead > 0n ? ahead : 0n, shown: place.shown, traded: place.traded + traded };
  return { place: after, ours: ahead < 0n ? -ahead : 0n };
}

/**
 * @param place null: no quote has shown the price since the order rests there.
 * @returns the place after a quote; null: it still does not tell.
 */
export function placeAfterQuote(
  place: QueuePlace | null,
  quote: QuoteStep,
  side: 'BUY' | 'SELL',
  price: Decimal,
  kind: QueueKind,
): QueuePlace | null {
  const [best, shown] =
    side === 'BUY' ? [quote.bidPrice, quote.bidQuantity] : [quote.askPrice, quote.askQuantity];
  // The best is worse than ours: nobody else is left at our price.
  if (side === 'BUY' ? best < price : best > price) return { ahead: 0n, shown: 0n, traded: 0n };
  if (best !== price) return place;
  if (place === null) return { ahead: shown, shown, traded: 0n };
  const ahead = kind === 'proportional' ? place.ahead - canceledAhead(place, shown) : place.ahead;
  return { ahead: smallest(ahead < 0n ? 0n : ahead, shown), shown, traded: 0n };
}

/** Of what vanished without being traded, the part that stood before us: in proportion to how much stands there. */
function canceledAhead({ ahead, shown: before, traded }: QueuePlace, shown: Decimal): Decimal {
  const canceled = before - shown - traded;
  return canceled <= 0n || before <= 0n ? 0n : (canceled * smallest(ahead, before)) / before;
}

function smallest(a: Decimal, b: Decimal): Decimal {
  return a < b ? a : b;
}
