import type { StateMachineName } from '../topology.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface Execution {
  readonly status: ExecutionStatus;
  readonly cause: string | null;
  /** null: it has not ended, or nobody wrote down when. */
  readonly endedAtMs: number | null;
}

export interface Executions {
  /** Starting twice under one name with one input is starting once. */
  start(
    stateMachine: StateMachineName,
    name: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /** `null`: no such execution. `cause` says why it failed. */
  describe(stateMachine: StateMachineName, name: string): Promise<Execution | null>;
}
