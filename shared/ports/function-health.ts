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

/** How each function is doing. */
export interface FunctionHealth {
  read(): Promise<readonly FunctionStatus[]>;
  /** Of the venues that are listened to here: on AWS the collector is another process, whose alarms tell. */
  silences(): Promise<readonly VenueSilence[]>;
}
