import type { Stack } from 'aws-cdk-lib';
import { ArnFormat } from 'aws-cdk-lib';
import type { Stage } from '../config/stage.ts';
import { lookUp, parameterNames, stagePath } from './parameter-names.ts';

/** What the stateful stack made, as a stateless stack refers to it: nothing here exports or imports between stacks. */
export class PlatformReferences {
  readonly stage: Stage;
  readonly #stack: Stack;

  constructor(stack: Stack, stage: Stage) {
    this.#stack = stack;
    this.stage = stage;
  }

  tableName(table: string): string {
    return this.#lookUp(parameterNames.table(table));
  }

  tableArn(table: string): string {
    return this.#stack.formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: this.tableName(table),
    });
  }

  streamName(stream: string): string {
    return this.#lookUp(parameterNames.stream(stream));
  }

  streamArn(stream: string): string {
    return this.#stack.formatArn({
      service: 'kinesis',
      resource: 'stream',
      resourceName: this.streamName(stream),
    });
  }

  queueUrl(queue: string): string {
    return this.#lookUp(parameterNames.queueUrl(queue));
  }

  queueArn(queue: string): string {
    return this.#lookUp(parameterNames.queueArn(queue));
  }

  deadLetterQueueUrl(queue: string): string {
    return this.#lookUp(parameterNames.deadLetterQueueUrl(queue));
  }

  deadLetterQueueArn(queue: string): string {
    return this.#lookUp(parameterNames.deadLetterQueueArn(queue));
  }

  get eventBusName(): string {
    return this.#lookUp(parameterNames.eventBus);
  }

  get eventBusArn(): string {
    return this.#stack.formatArn({
      service: 'events',
      resource: 'event-bus',
      resourceName: this.eventBusName,
    });
  }

  get archiveBucketName(): string {
    return this.#lookUp(parameterNames.archiveBucket);
  }

  get archiveBucketArn(): string {
    return this.#bucketArn(this.archiveBucketName);
  }

  get failuresBucketName(): string {
    return this.#lookUp(parameterNames.failuresBucket);
  }

  get failuresBucketArn(): string {
    return this.#bucketArn(this.failuresBucketName);
  }

  failedEventsUrl(functionName: string): string {
    return this.#lookUp(parameterNames.failedEventsUrl(functionName));
  }

  eventQueueArn(functionName: string): string {
    return this.#lookUp(parameterNames.eventQueueArn(functionName));
  }

  failedEventsArn(functionName: string): string {
    return this.#lookUp(parameterNames.failedEventsArn(functionName));
  }

  get alarmTopicArn(): string {
    return this.#lookUp(parameterNames.alarmTopicArn);
  }

  get clickHouseUrl(): string {
    return this.#lookUp(parameterNames.clickHouseUrl);
  }

  get clickHouseUser(): string {
    return this.#lookUp(parameterNames.clickHouseUser);
  }

  /** On an emulator only. */
  get clickHouseSecretFile(): string {
    return this.#lookUp(parameterNames.clickHouseSecretFile);
  }

  get clickHouseSecretArn(): string {
    return this.#lookUp(parameterNames.clickHouseSecretArn);
  }

  stateMachineArn(stateMachine: string): string {
    return this.#lookUp(parameterNames.stateMachineArn(stateMachine));
  }

  /** Where functions publish their physical names. */
  get functionsPath(): string {
    return stagePath(this.stage, parameterNames.functions);
  }

  get functionsPathArn(): string {
    const resourceName = this.functionsPath.slice(1);
    return this.#stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName });
  }

  /** All executions of a state machine. */
  executionArns(stateMachine: string): string {
    const [resource, resourceName] = ['execution', `${this.#stateMachineName(stateMachine)}:*`];
    return this.#stack.formatArn({
      service: 'states',
      resource,
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  #bucketArn(resource: string): string {
    return this.#stack.formatArn({
      service: 's3',
      region: '',
      account: '',
      resource,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
  }

  #stateMachineName(stateMachine: string): string {
    return this.#stack.splitArn(this.stateMachineArn(stateMachine), ArnFormat.COLON_RESOURCE_NAME)
      .resourceName!;
  }

  #lookUp(name: string): string {
    return lookUp(this.#stack, this.stage, name);
  }
}
