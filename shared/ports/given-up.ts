import type { FunctionName } from '../topology.ts';

/** A record of a stream, an event of the bus, or a message of a queue. */
export const GIVEN_UP_KINDS = ['record', 'event', 'message'] as const;
export type GivenUpKind = (typeof GIVEN_UP_KINDS)[number];

/** What a function could not be made to take, in the one shape that it has wherever it lies. */
export interface GivenUp {
  readonly kind: GivenUpKind;
  /** Which gave it up. */
  readonly function: FunctionName;
  /** Unique among those of a kind and a function. */
  readonly id: string;
  /** Of the last attempt; null where nobody kept it: a dead-letter queue does not, the log of the function has it. */
  readonly cause: string | null;
  /** null: not known. */
  readonly attempts: number | null;
  /** When it was given up; null: not known. */
  readonly givenUpAtMs: number | null;
  /** The event with its detail-type, the message's body; of records how many bytes, and from which lanes. */
  readonly content: unknown;
}

/** null: any. */
export interface GivenUpFilter {
  readonly kind: GivenUpKind | null;
  readonly function: FunctionName | null;
}

export interface Redriven {
  readonly kind: GivenUpKind;
  readonly function: FunctionName;
  /** Sent again, and taken off the list. */
  readonly redriven: number;
  /** What stays on the list, and why; null: nothing. */
  readonly left: string | null;
}

export interface GivenUpStore {
  /** At most `limit` of each kind. */
  list(filter: GivenUpFilter, limit: number): Promise<readonly GivenUp[]>;
  /**
   * Sends what was given up once more the way that it came: records through their stream, events over the bus,
   * messages into their queue. Each is taken off the list only when it has been accepted there, so what is interrupted
   * goes on where it was, and what is sent twice is known by its ids. @returns what there was, by kind and function.
   */
  redrive(filter: GivenUpFilter): Promise<readonly Redriven[]>;
}
