import { Duration } from 'aws-cdk-lib';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  CfnEventInvokeConfig,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { Queue, type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';
import type { Capabilities } from '../../shared/topology-schema.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';
import { capabilityPermissions } from './capability-permissions.ts';
import { functionEnvironment } from './function-environment.ts';
import { parameterNames, publish } from './parameter-names.ts';
import { permit, type Permission } from './permission.ts';
import type { PlatformReferences } from './platform-references.ts';
import { RunbookAlarm } from './runbook-alarm.ts';
import { StageLogGroup } from './stage-log-group.ts';

export interface MillraceFunctionProps {
  readonly name: FunctionName;
  readonly platform: PlatformReferences;
  /** The folder of its bundle. */
  readonly codeFolder: string;
  /** Variables whose values only its own stack knows. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Variables that it gets whatever its capabilities are. Default: none. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Permissions on what only its own stack knows. Default: none. */
  readonly permissions?: readonly Permission[];
}

/** EventBridge and schedules hand an event over once; from there on Lambda retries it for this long. */
const ASYNC_RETRIES = 2;
const ASYNC_MAX_AGE_SECONDS = 3600;

/**
 * Nobody reads START and REPORT of an invocation that went well, and they cost as much as the line that says what it
 * did. Failures and time-outs are warnings and stay.
 */
const QUIET_SYSTEM_LOG = {
  loggingFormat: LoggingFormat.JSON,
  systemLogLevelV2: SystemLogLevel.WARN,
  applicationLogLevelV2: ApplicationLogLevel.INFO,
} as const;

/** One function of the topology: its bundle, its own role with what its capabilities name, its logs and its alarms. */
export class MillraceFunction extends Construct {
  readonly name: FunctionName;
  readonly function: LambdaFunction;
  readonly platform: PlatformReferences;
  readonly policy: Policy;
  #failedEvents: IQueue | null = null;

  constructor(scope: Construct, id: string, props: MillraceFunctionProps) {
    super(scope, id);
    const { name, platform } = props;
    const { stage } = platform;
    const definition = topology.functions[name];
    const capabilities: Capabilities = definition.capabilities;
    this.name = name;
    this.platform = platform;

    const logGroup = new StageLogGroup(this, 'Logs', stage);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${name} may do`,
    });
    this.policy = new Policy(this, 'Policy', { roles: [role] });
    this.permit({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    });
    for (const permission of capabilityPermissions(capabilities, platform)) this.permit(permission);
    for (const permission of props.permissions ?? []) this.permit(permission);
    const reserved = stage.reservedConcurrency[name];
    this.function = new LambdaFunction(this, 'Function', {
      description: definition.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: stage.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      handler: 'index.handler',
      code: Code.fromAsset(props.codeFolder),
      role,
      logGroup,
      ...(stage.emulated ? {} : QUIET_SYSTEM_LOG),
      timeout: Duration.seconds(definition.timeoutSeconds),
      memorySize: definition.memoryMb,
      environment: {
        MILLRACE_STAGE: stage.name,
        ...props.settings,
        ...functionEnvironment(capabilities, platform, props.environment ?? {}),
      },
      ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
    });
    this.function.node.addDependency(this.policy);
    publish(this, stage, parameterNames.function(name), this.function.functionName);
    this.#alarm();
  }

  /** For what a construct makes of the function: reading its stream, writing to its dead-letter queue. */
  permit(permission: Permission): void {
    permit(this.policy, permission);
  }

  /** Where events go that the function failed to the end. Calling for it makes the function one that is invoked asynchronously. */
  get failedEvents(): IQueue {
    this.#failedEvents ??= this.#keepFailedEvents();
    return this.#failedEvents;
  }

  #keepFailedEvents(): IQueue {
    const failedEvents = Queue.fromQueueArn(this, 'FailedEvents', this.platform.failedEventsArn(this.name));
    this.permit({ actions: ['sqs:SendMessage'], resources: [failedEvents.queueArn] });
    new CfnEventInvokeConfig(this, 'EventInvokeConfig', {
      functionName: this.function.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: ASYNC_RETRIES,
      maximumEventAgeInSeconds: ASYNC_MAX_AGE_SECONDS,
      destinationConfig: { onFailure: { destination: failedEvents.queueArn } },
    });
    return failedEvents;
  }

  #alarm(): void {
    const watched = {
      dimensions: { FunctionName: this.function.functionName },
      names: { function: this.name },
      topicArn: this.platform.alarmTopicArn,
    };
    // The authorizer refuses a token by failing, so anybody could set off its alarm. When it really fails, the API
    // answers with server errors, and those have an alarm.
    if (this.name !== topology.authorizer) {
      new RunbookAlarm(this, 'ErrorsAlarm', { metric: SERVICE_METRICS.functionErrors, ...watched });
    }
    new RunbookAlarm(this, 'ThrottlesAlarm', { metric: SERVICE_METRICS.functionThrottles, ...watched });
  }
}
