import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from '../config/stage.ts';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';
import type { StateMachineDefinition } from '../../shared/topology-schema.ts';
import type { MillraceFunction } from './millrace-function.ts';
import { parameterNames, publish } from './parameter-names.ts';
import { acknowledge, permit } from './permission.ts';
import type { PlatformReferences } from './platform-references.ts';
import { RunbookAlarm } from './runbook-alarm.ts';
import { StageLogGroup } from './stage-log-group.ts';

export interface StateMachineProps {
  /** Also the name of its file, `state-machines/<name>.asl.json`. */
  readonly name: string;
  readonly definition: StateMachineDefinition;
  readonly functions: ReadonlyMap<string, MillraceFunction>;
  readonly platform: PlatformReferences;
}

/**
 * Executions of a map at once where nothing is reserved for the function that it calls: half of the ten that a new
 * account has, so that orders find one.
 */
const UNRESERVED_CONCURRENCY = 5;

const LOG_DELIVERY = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

interface AslState {
  readonly Type: string;
  readonly ItemProcessor?: object;
}

/** A state machine from its ASL file: in one execution on an emulator, its maps distributed over child executions on AWS. */
export class StateMachine extends Construct {
  readonly stateMachine: CfnStateMachine;
  readonly #policy: Policy;

  constructor(scope: Construct, id: string, props: StateMachineProps) {
    super(scope, id);
    const { name, definition, functions, platform } = props;
    const { stage } = platform;
    const called = Object.entries(definition.tasks).map(([placeholder, functionName]) => {
      const target = functions.get(functionName);
      if (target === undefined)
        throw new Error(`state machine ${name}: no function ${functionName} in its stack`);
      return [placeholder, target.function.functionArn] as const;
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `What ${name} may do`,
    });
    this.#policy = new Policy(this, 'Policy', { roles: [role] });
    permit(this.#policy, { actions: ['lambda:InvokeFunction'], resources: called.map(([, arn]) => arn) });
    this.stateMachine = new CfnStateMachine(this, 'StateMachine', {
      roleArn: role.roleArn,
      definitionString: JSON.stringify(readDefinition(name, definition, stage)),
      definitionSubstitutions: Object.fromEntries(called),
      ...(stage.emulated ? {} : { loggingConfiguration: this.#logTo(stage) }),
    });
    this.stateMachine.node.addDependency(this.#policy);
    if (!stage.emulated) this.#permitDistributedMap(role);
    publish(this, stage, parameterNames.stateMachineArn(name), this.stateMachine.attrArn);
    acknowledge(
      this.stateMachine,
      'SF2',
      'A run is followed by its execution history and its log; the X-Ray SDKs are in maintenance.',
    );
    this.#alarm(name, platform.alarmTopicArn);
  }

  #logTo(stage: Stage): CfnStateMachine.LoggingConfigurationProperty {
    const logGroup = new StageLogGroup(this, 'Logs', stage);
    permit(this.#policy, {
      actions: LOG_DELIVERY,
      resources: ['*'],
      wildcardReason:
        'Log deliveries have no resource of their own: AWS documents these actions with a wildcard.',
    });
    return {
      level: 'ALL',
      includeExecutionData: true,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logGroup.logGroupArn } }],
    };
  }

  /** A policy of its own, because it names the state machine, which waits for the other. */
  #permitDistributedMap(role: Role): void {
    const { attrArn, attrName } = this.stateMachine;
    const policy = new Policy(this, 'DistributedMapPolicy', { roles: [role] });
    permit(policy, { actions: ['states:StartExecution'], resources: [attrArn] });
    const executions = ['/*', ':*'].map((children) =>
      Stack.of(this).formatArn({
        service: 'states',
        resource: 'execution',
        resourceName: `${attrName}${children}`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
    permit(policy, {
      actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
      resources: executions,
      wildcardReason: 'A distributed map follows its child executions, which Step Functions names.',
    });
  }

  /** An execution that is over its time has not failed, as Step Functions counts. */
  #alarm(name: string, topicArn: string): void {
    const watched = {
      dimensions: { StateMachineArn: this.stateMachine.attrArn },
      names: { 'state machine': name },
      topicArn,
    };
    new RunbookAlarm(this, 'FailedAlarm', { metric: SERVICE_METRICS.executionsFailed, ...watched });
    new RunbookAlarm(this, 'TimedOutAlarm', { metric: SERVICE_METRICS.executionsTimedOut, ...watched });
  }
}

/** One file serves all places: what runs inline in process and on emulators is distributed here. */
function readDefinition(
  name: string,
  { tasks, timeoutMinutes }: StateMachineDefinition,
  stage: Stage,
): object {
  const file = join(import.meta.dirname, '../../state-machines', `${name}.asl.json`);
  const asl = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly States: Readonly<Record<string, AslState>>;
  };
  /** As many executions of a map at once as the scarcest function in it may have. */
  const concurrencyOf = (state: AslState): number => {
    const text = JSON.stringify(state);
    const called = Object.entries(tasks).filter(([placeholder]) => text.includes(`\${${placeholder}}`));
    return Math.min(...called.map(([, task]) => stage.reservedConcurrency[task] ?? UNRESERVED_CONCURRENCY));
  };
  const states = Object.entries(asl.States).map(([key, state]) => {
    const stays = stage.emulated || state.Type !== 'Map';
    return [key, stays ? state : distribute(state, concurrencyOf(state))] as const;
  });
  return { ...asl, TimeoutSeconds: timeoutMinutes * 60, States: Object.fromEntries(states) };
}

function distribute(state: AslState, concurrency: number): AslState {
  return {
    ...state,
    MaxConcurrency: concurrency,
    ItemProcessor: {
      ...state.ItemProcessor,
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    },
  } as AslState;
}
