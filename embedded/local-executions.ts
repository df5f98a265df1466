/** Runs the ASL files of state-machines/ in this process: what Step Functions is on AWS, from the same definition. */
import { readFile } from 'node:fs/promises';
import { StateMachine } from 'aws-local-stepfunctions';
import type { Executions, ExecutionStatus } from '../shared/ports/executions.ts';
import { ConditionFailed, type ItemKey, type StateStore } from '../shared/ports/state-store.ts';
import { describeError } from '../shared/runtime/define-function.ts';
import { log } from '../shared/runtime/log.ts';
import { topology, type FunctionName, type StateMachineName } from '../shared/topology.ts';

interface ExecutionRecord {
  readonly stateMachine: StateMachineName;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly status: ExecutionStatus;
  readonly cause: string | null;
  readonly endedAtMs?: number;
}

/** Calls, on behalf of somebody, until what is called can be reached or the signal is aborted. */
type Until = <T>(who: string, call: () => Promise<T>, signal: AbortSignal) => Promise<T>;

const RUNNING_PARTITION = 'EXECUTIONS#RUNNING';
/** Executions that a crash may have left behind. */
const MAX_RESUMED = 100;

export class LocalExecutions implements Executions {
  readonly #state: StateStore;
  readonly #invoke: (functionName: FunctionName, input: unknown) => Promise<unknown>;
  readonly #until: Until;
  readonly #stopping = new AbortController();
  readonly #running = new Map<string, { abort: () => void; readonly done: Promise<void> }>();

  /**
   * @param invoke calls the function behind a task.
   * @param until waits for what a task cannot reach, which is no reason for an execution to fail.
   */
  constructor(
    state: StateStore,
    invoke: (functionName: FunctionName, input: unknown) => Promise<unknown>,
    until: Until = async (_who, call) => call(),
  ) {
    this.#state = state;
    this.#invoke = invoke;
    this.#until = until;
  }

  async start(
    stateMachine: StateMachineName,
    name: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const record: ExecutionRecord = { stateMachine, name, input, status: 'RUNNING', cause: null };
    try {
      await this.#write(record, { kind: 'absent' });
    } catch (error) {
      if (error instanceof ConditionFailed) return;
      throw error;
    }
    this.#run(record);
  }

  async describe(stateMachine: StateMachineName, name: string) {
    const item = await this.#state.get<ExecutionRecord>('backtest', executionKey(stateMachine, name));
    if (item === null) return null;
    const { status, cause, endedAtMs = null } = item.value;
    return { status, cause, endedAtMs };
  }

  /** Runs again, from their start, what was under way when the process ended: tasks write the same objects again. */
  async resume(): Promise<void> {
    const page = await this.#state.queryIndex<ExecutionRecord>('backtest', RUNNING_PARTITION, {
      limit: MAX_RESUMED,
    });
    for (const item of page.items) this.#run(item.value);
  }

  /** Stops what is under way; `resume` takes it up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const running = [...this.#running.values()];
    for (const execution of running) execution.abort();
    await Promise.all(running.map(async (execution) => execution.done));
  }

  #run(record: ExecutionRecord): void {
    const key = `${record.stateMachine}#${record.name}`;
    let stopped = false;
    let abort = (): void => {
      stopped = true;
    };
    const done = this.#execute(record, (abortExecution) => {
      abort = () => {
        stopped = true;
        abortExecution();
      };
      if (stopped) abortExecution();
    })
      .then(
        async () => (stopped ? undefined : this.#finish(record, 'SUCCEEDED', null)),
        async (error: unknown) =>
          stopped ? undefined : this.#finish(record, 'FAILED', (error as Error).message),
      )
      .catch((error: unknown) =>
        log.error('execution not recorded', { name: record.name, error: describeError(error) }),
      )
      .finally(() => this.#running.delete(key));
    this.#running.set(key, { abort: () => abort(), done });
  }

  async #execute(record: ExecutionRecord, onStarted: (abort: () => void) => void): Promise<void> {
    const definition = await readDefinition(record.stateMachine);
    const machine = new StateMachine(definition as ConstructorParameters<typeof StateMachine>[0], {
      validationOptions: { noValidate: true },
    });
    const execution = machine.run(record.input as Parameters<StateMachine['run']>[0], {
      overrides: { taskResourceLocalHandlers: this.#taskHandlers(record.stateMachine, definition) },
    });
    onStarted(() => execution.abort());
    await execution.result;
  }

  /** The interpreter calls a task by the name of its state; the file names the function that the state runs. */
  #taskHandlers(stateMachine: StateMachineName, definition: unknown) {
    const tasks: Readonly<Record<string, string>> = topology.stateMachines[stateMachine].tasks;
    return Object.fromEntries(
      taskStates(definition).map(([state, placeholder]) => {
        const functionName = tasks[placeholder] as FunctionName;
        const run = async (input: unknown) =>
          this.#until(functionName, async () => this.#invoke(functionName, input), this.#stopping.signal);
        return [state, async (input: unknown) => (await run(input)) as never];
      }),
    );
  }

  async #finish(record: ExecutionRecord, status: ExecutionStatus, cause: string | null): Promise<void> {
    if (status === 'FAILED')
      log.error('execution failed', { stateMachine: record.stateMachine, name: record.name, cause });
    const ended = { ...record, status, cause, endedAtMs: Date.now() };
    const write = async (): Promise<void> => this.#write(ended, { kind: 'none' });
    await this.#until('executions', write, this.#stopping.signal);
  }

  async #write(record: ExecutionRecord, condition: { kind: 'absent' } | { kind: 'none' }): Promise<void> {
    const { stateMachine, name, status } = record;
    await this.#state.write({
      kind: 'put',
      table: 'backtest',
      ...executionKey(stateMachine, name),
      value: record,
      condition,
      ...(status === 'RUNNING'
        ? { index: { partition: RUNNING_PARTITION, sort: `${stateMachine}#${name}` } }
        : {}),
    });
  }
}

function executionKey(stateMachine: StateMachineName, name: string): ItemKey {
  return { pk: `EXECUTION#${stateMachine}#${name}`, sk: 'EXECUTION' };
}

async function readDefinition(stateMachine: StateMachineName): Promise<unknown> {
  const file = new URL(`../state-machines/${stateMachine}.asl.json`, import.meta.url);
  return JSON.parse(await readFile(file, 'utf8'));
}

/** [state name, placeholder] of each task, nested ones included: `"Resource": "${PlanGridArn}"`. */
function taskStates(node: unknown): [string, string][] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, child]: [string, unknown]) => {
    const resource =
      typeof child === 'object' && child !== null && 'Resource' in child ? child.Resource : undefined;
    const placeholder = typeof resource === 'string' ? /^\$\{(\w+)\}$/.exec(resource)?.[1] : undefined;
    return [
      ...(placeholder === undefined ? [] : ([[name, placeholder]] as [string, string][])),
      ...taskStates(child),
    ];
  });
}
