import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { StepFunctionsExecutions } from '../../../shared/adapters/aws/step-functions-executions.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('manage-backtests');

export const handler = createHandler({
  state: new DynamoStateStore(environment),
  executions: new StepFunctionsExecutions(environment),
});
