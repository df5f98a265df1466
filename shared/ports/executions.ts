import type { StateMachineName } from '../topology.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface Executions {
  /** Starting twice under one name with one input is starting once. */
  start(
    stateMachine: StateMachineName,
    name: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /** `null`: no such execution. `cause` says why it failed. */
  describe(
    stateMachine: StateMachineName,
    name: string,
  ): Promise<{ readonly status: ExecutionStatus; readonly cause: string | null } | null>;
}
