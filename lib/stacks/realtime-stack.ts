import { ArnFormat, CfnOutput } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  LogGroupLogDestination,
  WebSocketApi,
  WebSocketStage,
  type IAccessLogSettings,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import { SOCKET_ENDPOINT } from '../../shared/adapters/aws/environment.ts';
import type { Capabilities } from '../../shared/topology-schema.ts';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';
import type { Stage } from '../config/stage.ts';
import { parameterNames, publish } from '../constructs/parameter-names.ts';
import type { Permission } from '../constructs/permission.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import { SocketRoute } from '../constructs/socket-route.ts';
import type { FunctionBundles } from '../constructs/bundles.ts';
import { addFunctions } from './functions-of-stack.ts';
import { MillraceStack } from './millrace-stack.ts';
import { StageLogGroup } from '../constructs/stage-log-group.ts';

const STAGE_NAME = 'live';

const ACCESS_LOG_FORMAT = JSON.stringify({
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  connectionId: '$context.connectionId',
  status: '$context.status',
  requestTime: '$context.requestTime',
});

/** The WebSocket API, alone: LocalStack's free edition has none, and the rest of the platform goes on without it. */
export class RealtimeStack extends MillraceStack {
  constructor(scope: Construct, stage: Stage, bundles: FunctionBundles) {
    super(scope, { stage, part: 'realtime', description: 'Millrace: WebSocket API' });
    const api = new WebSocketApi(this, 'Api', {
      description: `Millrace ${stage.name} realtime`,
      routeSelectionExpression: '$request.body.action',
    });
    const functions = addFunctions(this, 'realtime', bundles, {
      environment: { [SOCKET_ENDPOINT]: this.#managementEndpoint(api) },
      permissions: (name) => this.#pushPermissions(name, api),
    });
    for (const route of topology.socketRoutes) {
      new SocketRoute(this, `route-${route.routeKey.slice(1)}`, {
        route,
        api,
        function: functions.get(route.function)!,
      });
    }
    this.#addStage(api);
    for (const metric of [SERVICE_METRICS.socketIntegrationErrors, SERVICE_METRICS.socketExecutionErrors]) {
      new RunbookAlarm(this, `${metric.metricName}Alarm`, {
        metric,
        dimensions: { ApiId: api.apiId },
        topicArn: this.platform.alarmTopicArn,
      });
    }
    const url = `${api.apiEndpoint}/${STAGE_NAME}`;
    publish(this, stage, parameterNames.socketUrl, url);
    new CfnOutput(this, 'SocketUrl', { value: url });
  }

  /** On an emulator, a path beneath its endpoint: where that is, is known only when functions run. */
  #managementEndpoint(api: WebSocketApi): string {
    if (this.stage.emulated) return `/_aws/execute-api/${api.apiId}/${STAGE_NAME}`;
    return `https://${api.apiId}.execute-api.${this.region}.${this.urlSuffix}/${STAGE_NAME}`;
  }

  #pushPermissions(name: FunctionName, api: WebSocketApi): Permission[] {
    const capabilities: Capabilities = topology.functions[name].capabilities;
    if (capabilities.push !== true) return [];
    const connections = this.formatArn({
      service: 'execute-api',
      resource: api.apiId,
      resourceName: `${STAGE_NAME}/POST/@connections/*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    return [
      {
        actions: ['execute-api:ManageConnections'],
        resources: [connections],
        wildcardReason: 'Connections come and go: all of this API and stage are meant.',
      },
    ];
  }

  #addStage(webSocketApi: WebSocketApi): void {
    const { stage } = this;
    new WebSocketStage(this, 'Stage', {
      webSocketApi,
      stageName: STAGE_NAME,
      autoDeploy: true,
      throttle: { rateLimit: stage.rest.requestsPerSecond, burstLimit: stage.rest.burst },
      ...(stage.emulated ? {} : { accessLogSettings: this.#accessLog() }),
    });
  }

  #accessLog(): IAccessLogSettings {
    const logGroup = new StageLogGroup(this, 'AccessLogs', this.stage);
    return {
      destination: new LogGroupLogDestination(logGroup),
      format: AccessLogFormat.custom(ACCESS_LOG_FORMAT),
    };
  }
}
