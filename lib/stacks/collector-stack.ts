import { Duration } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
  type IVpc,
} from 'aws-cdk-lib/aws-ec2';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  AvailabilityZoneRebalancing,
  Cluster,
  ContainerImage,
  ContainerInsights,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
  type ICluster,
} from 'aws-cdk-lib/aws-ecs';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import {
  COLLECTOR_SYMBOLS,
  COLLECTOR_TABLE,
  streamVariable,
  tableVariable,
} from '../../shared/adapters/aws/environment.ts';
import { symbolsByExchange } from '../../shared/contracts/exchange.ts';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';
import { topology } from '../../shared/topology.ts';
import type { Stage } from '../config/stage.ts';
import { capabilityPermissions } from '../constructs/capability-permissions.ts';
import { acknowledge, permit } from '../constructs/permission.ts';
import { addOwnAlarms } from '../constructs/own-alarms.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import { MillraceStack } from './millrace-stack.ts';
import { StageLogGroup } from '../constructs/stage-log-group.ts';

type Collector = NonNullable<Stage['collector']>;

/** REST and WebSocket of venues; one of them speaks its WebSocket on 9443. Names are resolved inside the VPC. */
const VENUE_PORTS = [443, 9443];

/**
 * The processes of which one holds an exchange's connections, because the order of a lane needs one writer: a lease of each
 * exchange says which.
 * The casts: under exactOptionalPropertyTypes the library's classes do not fit its own interfaces.
 */
export class CollectorStack extends MillraceStack {
  /** @param imageFolder the bundled collector beside its Dockerfile. */
  constructor(scope: Construct, stage: Stage, collector: Collector, imageFolder: string) {
    super(scope, {
      stage,
      part: 'collector',
      description: 'Millrace: the process that listens to exchanges',
    });
    const vpc = this.#addNetwork();
    const role = this.#addRole();
    const rights = this.#addRights(role);
    const task = this.#addTask(collector, imageFolder, role);
    const cluster = new Cluster(this, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.DISABLED });
    acknowledge(
      cluster,
      'ECS4',
      'What alarms look at, the service counts for free: its memory, and what the collector says of itself.',
    );
    const service = new FargateService(this, 'Service', {
      cluster: cluster as ICluster,
      taskDefinition: task,
      securityGroups: [this.#addSecurityGroup(vpc)],
      assignPublicIp: true,
      desiredCount: collector.tasks,
      // The new task stands by before the old one is told to stop and hands its lease over.
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      // A standby in the zone of whom it stands by for would fail with it. Who is moved hands over to its successor first.
      availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
      circuitBreaker: { rollback: true },
    });
    // A task without its rights or its way out fails, and a few of those roll the first deployment back. The other way
    // round, a service that is deleted still needs them to send what came.
    service.node.addDependency(vpc, task, rights);
    const { alarmTopicArn: topicArn } = this.platform;
    new RunbookAlarm(this, 'MemoryAlarm', {
      metric: SERVICE_METRICS.collectorMemory,
      dimensions: { ClusterName: cluster.clusterName, ServiceName: service.serviceName },
      topicArn,
    });
    for (const venue of symbolsByExchange(collector.symbols).keys()) addOwnAlarms(this, 'venue', { venue });
  }

  /** Public subnets and no NAT: the task only calls out, and a NAT gateway would cost more than the task. */
  #addNetwork(): IVpc {
    const vpc = new Vpc(this, 'Network', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24 }],
      // Doing so takes a function of CDK's own; the default group is used by nothing here.
      restrictDefaultSecurityGroup: false,
    });
    const logGroup = new StageLogGroup(this, 'FlowLogs', this.stage);
    vpc.addFlowLog('Rejected', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup),
      trafficType: FlowLogTrafficType.REJECT,
    });
    vpc.addGatewayEndpoint('Tables', { service: GatewayVpcEndpointAwsService.DYNAMODB });
    return vpc as IVpc;
  }

  #addSecurityGroup(vpc: IVpc): SecurityGroup {
    const group = new SecurityGroup(this, 'Outbound', {
      vpc,
      description: 'The collector calls out and is called by nobody',
      allowAllOutbound: false,
    });
    for (const port of VENUE_PORTS) group.addEgressRule(Peer.anyIpv4(), Port.tcp(port), 'Venues and AWS');
    return group;
  }

  #addTask(
    { symbols, cpuUnits, memoryMb }: Collector,
    imageFolder: string,
    taskRole: Role,
  ): FargateTaskDefinition {
    const arm = this.stage.architecture === 'arm64';
    const task = new FargateTaskDefinition(this, 'Task', {
      cpu: cpuUnits,
      memoryLimitMiB: memoryMb,
      taskRole,
      runtimePlatform: {
        cpuArchitecture: arm ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
    });
    const { platform } = this;
    const logGroup = new StageLogGroup(this, 'Logs', this.stage);
    task.addContainer('collector', {
      image: ContainerImage.fromAsset(imageFolder, {
        platform: arm ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
      }),
      logging: LogDrivers.awsLogs({ streamPrefix: 'collector', logGroup }),
      readonlyRootFilesystem: true,
      // What came is sent before it ends.
      stopTimeout: Duration.seconds(60),
      environment: {
        ...Object.fromEntries(
          Object.keys(topology.streams).map((name) => [streamVariable(name), platform.streamName(name)]),
        ),
        [tableVariable(COLLECTOR_TABLE)]: platform.tableName(COLLECTOR_TABLE),
        [COLLECTOR_SYMBOLS]: symbols.join(','),
        MILLRACE_STAGE: this.stage.name,
        MILLRACE_LOG_LEVEL: 'info',
      },
    });
    acknowledge(
      task,
      'ECS2',
      'The variables are names of streams, tables and symbols; nothing in them is secret.',
    );
    acknowledge(
      task,
      'IAM5[Resource::*]',
      'Pulling an image begins with a login to the registry, which has no resource of its own.',
    );
    return task;
  }

  #addRole(): Role {
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
      description: 'What the collector may do',
    });
  }

  #addRights(role: Role): Policy {
    const policy = new Policy(this, 'Policy', { roles: [role] });
    const capabilities = {
      append: Object.keys(topology.streams),
      state: { [COLLECTOR_TABLE]: 'write' },
    } as const;
    for (const permission of capabilityPermissions(capabilities, this.platform)) permit(policy, permission);
    return policy;
  }
}
