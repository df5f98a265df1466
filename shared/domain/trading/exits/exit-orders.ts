/** The exits of a position as orders at its venue: siblings of which one ends the others, held until their entry fills. */
import { decimalFromNumber, ONE, type Decimal } from '../../decimal.ts';
import { deterministicId } from '../../ids.ts';
import type { Distance, LinkedOrder, PricesOfEntry, Siblings, Submit } from '../../orders/command.ts';
import { alone } from '../../orders/command.ts';
import type { OrderTerms } from '../../orders/terms.ts';
import { workingOrder, type WorkingOrder } from '../../orders/working-order.ts';
import type { ExitRules } from './exit-rules.ts';

export type ExitReason = 'stop-loss' | 'trailing-stop' | 'atr-stop' | 'take-profit' | 'time-stop';

/** Means nothing until the entry has filled: then the price is a distance from what it filled at. */
const UNKNOWN_PRICE = ONE;
/** The same of a quantity: an exit is of what its entry has filled. */
const UNKNOWN_QUANTITY = ONE;

/**
 * @param atr average true range at the decision; NaN: not known yet, and there is no stop by it until it is
 */
export function withExits(entry: WorkingOrder, rules: ExitRules, atr: number): Submit {
  return { kind: 'submit', orders: [alone(entry), ...exitsOf(entry, rules, atr)] };
}

/** The same leg of the same entry has the same id, whenever it is asked for. */
export function exitIdOf({ clientOrderId }: WorkingOrder, reason: ExitReason, number = 0): string {
  return deterministicId('order', clientOrderId, reason, number);
}

/** What an exit is, by its id. */
export function exitReasons(entry: WorkingOrder, rules: ExitRules): ReadonlyMap<string, ExitReason> {
  const single = (['stop-loss', 'atr-stop', 'take-profit', 'time-stop'] as const).map(
    (reason) => [exitIdOf(entry, reason), reason] as const,
  );
  const trailing = rules.trailing.map(
    (_, n) => [exitIdOf(entry, 'trailing-stop', n), 'trailing-stop'] as const,
  );
  return new Map<string, ExitReason>([...single, ...trailing]);
}

/** An exit that is made when its position is there already. */
export function lateExit(
  entry: WorkingOrder,
  reason: ExitReason,
  terms: OrderTerms,
  timeMs: number,
): LinkedOrder {
  const order = workingOrder(
    { ...entry, clientOrderId: exitIdOf(entry, reason) },
    terms,
    timeMs,
    entry.quality,
  );
  return { ...alone(order), siblings: siblingsOf(entry) };
}

export function siblingsOf({ clientOrderId }: WorkingOrder): Siblings {
  return { groupId: clientOrderId, rule: 'reduce' };
}

/** What all exits have in common. */
export function plainExit(entry: WorkingOrder, quantity: Decimal) {
  const side = entry.terms.side === 'BUY' ? 'SELL' : 'BUY';
  return { side, quantity, timeInForce: 'GTC', goodTillMs: null, reduceOnly: true } as const;
}

/** Signed: above the entry price where that is in our favour. */
export function inFavour(entry: WorkingOrder, value: Decimal): Decimal {
  return entry.terms.side === 'BUY' ? value : -value;
}

function exitsOf(entry: WorkingOrder, rules: ExitRules, atr: number): LinkedOrder[] {
  const { stopLoss, trailing, atrStop, returns } = rules;
  const plain = plainExit(entry, UNKNOWN_QUANTITY);
  const exits: LinkedOrder[] = [];
  const add = (reason: ExitReason, terms: OrderTerms, ofEntry: PricesOfEntry, number = 0): void => {
    const identity = { ...entry, clientOrderId: exitIdOf(entry, reason, number) };
    const order = workingOrder(identity, terms, entry.effectiveTimeMs, entry.quality);
    const { clientOrderId: parentId } = entry;
    exits.push({ order, siblings: siblingsOf(entry), parentId, isHeld: true, ofEntry });
  };
  const stop = { type: 'STOP', ...plain, stopPrice: UNKNOWN_PRICE } as const;
  if (stopLoss !== null) add('stop-loss', stop, { stopPrice: byFraction(entry, -stopLoss) });
  if (atrStop !== null && !Number.isNaN(atr)) {
    const value = inFavour(entry, -decimalFromNumber(atrStop.multiple * atr));
    add('atr-stop', stop, { stopPrice: { by: 'amount', value } });
  }
  for (const [number, { distance, from }] of trailing.entries()) {
    const trail = { by: 'fraction', value: distance } as const;
    const terms = { type: 'TRAILING_STOP', ...plain, trail } as const;
    if (from === null) add('trailing-stop', { ...terms, activationPrice: null }, {}, number);
    else {
      const ofEntry = { activationPrice: byFraction(entry, from) };
      add('trailing-stop', { ...terms, activationPrice: UNKNOWN_PRICE }, ofEntry, number);
    }
  }
  const [first] = returns;
  if (first?.afterMs === 0 && first.atLeast !== null) {
    const terms = { type: 'LIMIT', ...plain, price: UNKNOWN_PRICE, postOnly: false } as const;
    add('take-profit', terms, { price: byFraction(entry, first.atLeast) });
  }
  return exits;
}

function byFraction(entry: WorkingOrder, value: Decimal): Distance {
  return { by: 'fraction', value: inFavour(entry, value) };
}
