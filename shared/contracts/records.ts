/**
 * What the functions keep in their tables: the values of the items whose keys topology.ts lists. A record that
 * decides over money is parsed when it is read, so that a damaged one denies instead of passing.
 */
import * as z from 'zod';
import type { Market } from '../domain/market-data/market.ts';
import type { Signal } from '../domain/orders/order.ts';
import type { JsonValue, StrategyInstance } from '../domain/strategies/strategy.ts';
import type { Target } from '../domain/trading/target.ts';
import { timeMs, type OrderView, type PositionView } from './events.ts';
import type { RememberedDecisions } from './risk-records.ts';
import type { Role } from './roles.ts';

export { PAPER_ACCOUNT_ID } from './account-routes.ts';

/** STRATEGY#<strategyId> / DEFINITION, and the same again under LISTED: an item has one index key, and there are two lists. */
export type StrategyRecord = StrategyInstance;

/** STRATEGY#<strategyId> / PROGRESS */
export interface ProgressRecord {
  /** The last candle that the strategy saw. */
  readonly lastCandleOpenTimeMs: number;
  readonly snapshot: JsonValue;
  /** The strategy was paused: it is shown what it missed, and nothing is done about that. */
  readonly isBehind?: true;
}

/** STRATEGY#<strategyId> / SIGNAL#<candleOpenTimeMs> */
export type SignalRecord = Signal;

/** ORDER#<clientOrderId> / ORDER */
export type OrderRecord = OrderView;

/** STRATEGY#<strategyId> / RESERVATION: there from the approval of an order until its end. */
export interface ReservationRecord {
  readonly clientOrderId: string;
  /** The newest advice, which the order in flight is about to make due: raised again when that has filled. */
  readonly waiting?: Signal;
}

/** STRATEGY#<strategyId> / DECIDED: a signal that is decided upon once is not decided upon again, however late it comes. */
export interface DecidedRecord extends RememberedDecisions {
  /** Of the newest signal decided upon. */
  readonly candleOpenTimeMs: number;
  /** It waits for the order in flight, and may come once more. */
  readonly isWaiting: boolean;
  /** What it asks for is not known to be reached. Left out: it is, or nothing more is done about it. */
  readonly target?: Target;
}

/** STRATEGY#<strategyId> / BOOK */
export type BookRecord = PositionView;

/** ACCOUNT#<accountId> / KILL_SWITCH */
export const killSwitchRecord = z.strictObject({
  engaged: z.boolean(),
  reason: z.string(),
  /** The subject of the token that asked for it, or the part of the platform that did. */
  by: z.string(),
  atMs: timeMs,
});
export type KillSwitchRecord = z.infer<typeof killSwitchRecord>;

/** What somebody asks who engages or releases it. */
export const changeKillSwitchBody = z.strictObject({
  engaged: z.boolean(),
  reason: z.string().regex(/\S/, { error: 'expected why' }).trim().max(500),
});

/** Of an account that has just been opened; `atMs` is when. */
export const INITIAL_KILL_SWITCH: KillSwitchRecord = {
  engaged: false,
  reason: 'the account was opened',
  by: 'platform',
  atMs: 0,
};

export const QUARANTINE_STATUSES = ['QUARANTINED', 'REDRIVEN'] as const;
export type QuarantineStatus = (typeof QUARANTINE_STATUSES)[number];

/** QUARANTINE#<id> / ITEM: what was set aside, why, and what became of it. */
export interface QuarantineRecord {
  readonly id: string;
  readonly status: QuarantineStatus;
  /** A row of a trade, one of a quote or of levels, a stream record that could not be read at all, or a venue's message. */
  readonly kind: 'trade' | 'quote' | 'record' | 'message';
  readonly cause: string;
  /** A row: JSON text of {instrumentId, row}; else what was received, as it came. */
  readonly payload: string;
  readonly instrumentId: string | null;
  readonly lane: string;
  /** The function that set it aside. */
  readonly functionName: string;
  readonly quarantinedAtMs: number;
  readonly redrivenAtMs: number | null;
  /** The fields that were mended when it was sent again. */
  readonly fix: { readonly [field: string]: JsonValue } | null;
}

/** STAGE / MARKET */
export interface MarketRecord {
  readonly market: Market;
}

/** TICKET#<sha256> / TICKET: whom it lets in. The ticket itself is not kept. */
export interface TicketRecord {
  readonly subject: string;
  readonly role: Role;
  readonly expiresAtMs: number;
}

/** CONNECTION#<id> / CONNECTION */
export interface ConnectionRecord {
  readonly subject: string;
  /** That of the token which the ticket was given for. */
  readonly role: Role;
  readonly openedAtMs: number;
  /** All that it is subscribed to, in order of name: kept here too, so that the version of this item guards the limit. */
  readonly channels: readonly string[];
}

/** CONNECTION#<id> / CHANNEL#<channel> */
export interface SubscriptionRecord {
  readonly connectionId: string;
}
