import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  type ExecutionStatus as SfnStatus,
} from '@aws-sdk/client-sfn';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { Execution, Executions, ExecutionStatus } from '../../ports/executions.ts';
import type { StateMachineName } from '../../topology.ts';
import { clientOptions } from './client-options.ts';
import { stateMachineVariable, type Environment } from './environment.ts';
import { reaching } from './reach.ts';

export class StepFunctionsExecutions implements Executions {
  readonly #environment: Environment;
  readonly #client: SFNClient;

  constructor(environment: Environment, client = new SFNClient(clientOptions(environment))) {
    this.#environment = environment;
    this.#client = client;
  }

  /** Step Functions itself forgives a second start only while the first runs: once it has ended, its input is compared. */
  async start(
    stateMachine: StateMachineName,
    name: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return reaching('Step Functions', this.#start(stateMachine, name, canonicalJson(input)));
  }

  async #start(stateMachine: StateMachineName, name: string, text: string): Promise<void> {
    const stateMachineArn = this.#environment.text(stateMachineVariable(stateMachine));
    try {
      await this.#client.send(new StartExecutionCommand({ stateMachineArn, name, input: text }));
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
      const executionArn = executionArnOf(stateMachineArn, name);
      const earlier = await this.#client.send(new DescribeExecutionCommand({ executionArn }));
      if (earlier.input === text) return;
      throw new Error(`execution ${name} of ${stateMachine} exists with another input`, { cause: error });
    }
  }

  async describe(stateMachine: StateMachineName, name: string): Promise<Execution | null> {
    const executionArn = executionArnOf(this.#environment.text(stateMachineVariable(stateMachine)), name);
    return reaching('Step Functions', this.#describe(executionArn));
  }

  async #describe(executionArn: string): Promise<Execution | null> {
    try {
      const execution = await this.#client.send(new DescribeExecutionCommand({ executionArn }));
      return {
        status: statusOf(execution.status),
        cause: execution.cause ?? execution.error ?? null,
        endedAtMs: execution.stopDate?.getTime() ?? null,
      };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return null;
      throw error;
    }
  }
}

function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** An execution that waits to be redriven has not ended. */
function statusOf(status: SfnStatus | undefined): ExecutionStatus {
  if (status === undefined) throw new Error('an execution without a status');
  return status === 'PENDING_REDRIVE' ? 'RUNNING' : status;
}
