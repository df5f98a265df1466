import { ExecutionAlreadyExists, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { describe, expect, it } from '@jest/globals';
import { parseEnvironment } from './environment.ts';
import { scriptedClient } from './scripted-client.ts';
import { StepFunctionsExecutions } from './step-functions-executions.ts';

const stateMachineArn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:Grid';
const environment = parseEnvironment({ STATE_MACHINE_RUN_BACKTEST_GRID_ARN: stateMachineArn }, []);
const exists = (): never => {
  throw new ExecutionAlreadyExists({ message: 'exists', $metadata: {} });
};

describe('StepFunctionsExecutions', () => {
  it('takes a second start with the same input for the first, however its fields are ordered', async () => {
    const client = scriptedClient(({ command }) =>
      command === 'StartExecutionCommand' ? exists() : { input: '{"a":1,"b":2}' },
    );
    await new StepFunctionsExecutions(environment, client.client).start('run-backtest-grid', 'run-1', {
      b: 2,
      a: 1,
    });
    expect(client.sent[1]!.input).toEqual({
      executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:Grid:run-1',
    });
  });

  it('refuses a second start with another input', async () => {
    const client = scriptedClient(({ command }) =>
      command === 'StartExecutionCommand' ? exists() : { input: '{"a":2}' },
    );
    const executions = new StepFunctionsExecutions(environment, client.client);
    await expect(executions.start('run-backtest-grid', 'run-1', { a: 1 })).rejects.toThrow(
      'execution run-1 of run-backtest-grid exists with another input',
    );
  });

  it('says how an execution stands, why it failed, and that there is none', async () => {
    const describing = (answer: () => unknown) =>
      new StepFunctionsExecutions(environment, scriptedClient(answer).client).describe(
        'run-backtest-grid',
        'run-1',
      );
    expect(
      await describing(() => ({
        status: 'FAILED',
        error: 'States.Timeout',
        cause: 'too slow',
        stopDate: new Date(7),
      })),
    ).toEqual({ status: 'FAILED', cause: 'too slow', endedAtMs: 7 });
    expect(await describing(() => ({ status: 'PENDING_REDRIVE' }))).toEqual({
      status: 'RUNNING',
      cause: null,
      endedAtMs: null,
    });
    const none = (): never => {
      throw new ExecutionDoesNotExist({ message: 'none', $metadata: {} });
    };
    expect(await describing(none)).toBeNull();
  });
});
