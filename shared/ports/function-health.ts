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

/** How each function is doing. */
export interface FunctionHealth {
  read(): Promise<readonly FunctionStatus[]>;
}
