import { intervalMs, openTimeOf } from '../candles/interval.ts';
import type { Decimal } from '../decimal.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import { UNFLAGGED } from '../market-data/quality-flags.ts';
import type { OrderTerms } from './terms.ts';

/** Whose order it is. */
export interface OrderIdentity {
  readonly clientOrderId: string;
  readonly accountId: string;
  readonly strategyId: string;
  readonly instrumentId: InstrumentId;
}

/** Of whatever says whose order it is, that alone. */
export function identityOf({
  clientOrderId,
  accountId,
  strategyId,
  instrumentId,
}: OrderIdentity): OrderIdentity {
  return { clientOrderId, accountId, strategyId, instrumentId };
}

/** An order as the venue holds it. Amounts are exact numbers; texts and ids are made when something of it leaves. */
export interface WorkingOrder extends OrderIdentity {
  readonly terms: OrderTerms;
  /** It meets nothing before. */
  readonly effectiveTimeMs: number;
  /** It meets nothing from then on; null: its time in force has no end. */
  readonly endsAtMs: number | null;
  /** Bits of the flags of what it follows. */
  readonly quality: number;
  readonly progress: Progress;
}

/** What changes of an order while it works. */
export interface Progress {
  readonly filledQuantity: Decimal;
  /** Of an order by amount: cash paid so far, fees included. */
  readonly spent: Decimal;
  /** The number of its last report; 0: none yet. */
  readonly reports: number;
  readonly fills: number;
  readonly isAccepted: boolean;
  /** A limit met the market on arrival, and rests: it makes from now on. */
  readonly isResting: boolean;
  /** Of stops. */
  readonly isTriggered: boolean;
  /** Of a trailing stop: the best price since it follows; null: it does not follow yet. */
  readonly bestPrice: Decimal | null;
  readonly queue: QueuePlace | null;
}

/** The place of a resting order among those at its price; null: no quote has shown that price yet. */
export interface QueuePlace {
  readonly ahead: Decimal;
  /** What the last quote showed at the price. */
  readonly shown: Decimal;
  /** What was traded at the price since. */
  readonly traded: Decimal;
}

const NOTHING_YET: Progress = {
  filledQuantity: 0n,
  spent: 0n,
  reports: 0,
  fills: 0,
  isAccepted: false,
  isResting: false,
  isTriggered: false,
  bestPrice: null,
  queue: null,
};

/** An order that is on its way to the venue, where it arrives at its effective time. */
export function workingOrder(
  identity: OrderIdentity,
  terms: OrderTerms,
  effectiveTimeMs: number,
  quality: number = UNFLAGGED,
): WorkingOrder {
  return {
    ...identityOf(identity),
    terms,
    effectiveTimeMs,
    endsAtMs: endOf(terms, effectiveTimeMs),
    quality,
    progress: NOTHING_YET,
  };
}

/** The end of its time in force; null: it has none. */
export function endOf({ timeInForce, goodTillMs }: OrderTerms, effectiveTimeMs: number): number | null {
  if (timeInForce === 'DAY') return openTimeOf(effectiveTimeMs, '1d') + intervalMs('1d');
  return goodTillMs;
}

/** The limit of what it may pay or take; null: it has none. */
export function limitPriceOf(terms: OrderTerms): Decimal | null {
  return terms.type === 'LIMIT' || terms.type === 'STOP_LIMIT' ? terms.price : null;
}
