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
  /** Those who wait now, longest first. */
  waiting(): Promise<readonly Waiting[]>;
  /** Records, events and messages that were given up and not sent again; null: it is not known here. */
  givenUp(): Promise<number | null>;
}
