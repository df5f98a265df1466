import type { InstrumentId } from '../domain/market-data/instrument.ts';
import type { Market } from '../domain/market-data/market.ts';
import type { FunctionName } from '../topology.ts';

export interface FunctionStatus {
  readonly name: FunctionName;
  readonly invocations: number;
  readonly errors: number;
  /** 99th percentile of recent invocations. */
  readonly durationMsP99: number | null;
  /** Age of the oldest record or message that waits for it. */
  readonly lagMs: number | null;
}

/** A venue that this process listens to. */
export interface VenueSilence {
  readonly venue: string;
  /** Since its last message. */
  readonly silenceMs: number;
  /** The instrument that has had no trade for the longest, and for how long. */
  readonly quietestInstrument: string;
  readonly quietestMs: number;
  /** How far its clock is ahead of ours; null: it has not told its time yet. */
  readonly clockOffsetMs: number | null;
  /** Since the start: connections that were lost, and those whose place another took before they were cut. */
  readonly connectionsLost: number;
  readonly connectionsRenewed: number;
  /** Since the start: how often messages were missing, how many were set aside, and how often trades were counted anew. */
  readonly sequenceGaps: number;
  readonly messagesSetAside: number;
  readonly resets: number;
  /** Since the start: how often an instrument was not heard, though it was traded. */
  readonly deafInstruments: number;
  /** The order books that are listened to, and which of them are not whole; null: none is. */
  readonly books: VenueBooks | null;
}

export interface VenueBooks {
  readonly whole: number;
  readonly broken: readonly {
    readonly instrumentId: InstrumentId;
    /** As a keeper of books calls it. */
    readonly state: string;
    readonly sinceMs: number;
  }[];
}

/** Somebody who waits for a store that cannot be reached. */
export interface Waiting {
  /** A function, a queue or the collector. */
  readonly who: string;
  readonly store: string;
  readonly cause: string;
  readonly sinceMs: number;
}

/** How each function is doing. */
export interface FunctionHealth {
  read(): Promise<readonly FunctionStatus[]>;
  /** Of the venues that are listened to here: on AWS the collector is another process, whose alarms tell. */
  silences(): Promise<readonly VenueSilence[]>;
  /** Whose data this is; null: it is not known here. */
  market(): Promise<Market | null>;
  /** Those who wait now, longest first. */
  waiting(): Promise<readonly Waiting[]>;
  /** Records, events and messages that were given up and not sent again; null: it is not known here. */
  givenUp(): Promise<number | null>;
}
