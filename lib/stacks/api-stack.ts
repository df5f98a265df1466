import { CfnOutput, CfnParameter, Duration } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  EndpointType,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
  type RestApiBase,
  TokenAuthorizer,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  TOKEN_JWKS,
  TOKEN_RULES,
} from '../../shared/adapters/aws/environment.ts';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';
import type { Stage } from '../config/stage.ts';
import { acknowledgePreflights, originSetting, preflightOptions } from '../constructs/cross-origin.ts';
import { DescribedRestApi } from '../constructs/described-rest-api.ts';
import { addGatewayProblems } from '../constructs/gateway-problems.ts';
import { GradualRelease } from '../constructs/gradual-release.ts';
import { parameterNames, publish } from '../constructs/parameter-names.ts';
import { acknowledge } from '../constructs/permission.ts';
import { releaseSetting } from '../constructs/release-setting.ts';
import { RestRoute } from '../constructs/rest-route.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import { StageLogGroup } from '../constructs/stage-log-group.ts';
import type { FunctionBundles } from '../constructs/bundles.ts';
import { addFunctions, type StackFunctions } from './functions-of-stack.ts';
import { MillraceStack } from './millrace-stack.ts';

const STAGE_NAME = 'live';

/** The REST API: every route of the topology, its authorizer, its logs and its limits. */
export class ApiStack extends MillraceStack {
  constructor(scope: Construct, stage: Stage, bundles: FunctionBundles) {
    super(scope, { stage, part: 'api', description: 'Millrace: REST API' });
    const functions = addFunctions(this, 'api', bundles, {
      environment: this.#tokenSettings(),
      settings: { ...originSetting(stage), ...releaseSetting(this) },
    });
    const api = stage.emulated ? this.#addDescribedApi(functions) : this.#addApi(functions);
    publish(this, stage, parameterNames.restUrl, api.url);
    new CfnOutput(this, 'RestUrl', { value: api.url });
    new RunbookAlarm(this, 'ServerErrorsAlarm', {
      metric: SERVICE_METRICS.restServerErrors,
      dimensions: { ApiName: api.restApiName },
      topicArn: this.platform.alarmTopicArn,
    });
  }

  /** Whose tokens are believed is a fact of the account, so it is asked for at deployment. */
  #tokenSettings(): Record<string, string> {
    const issuer = new CfnParameter(this, 'TokenIssuer', {
      description: 'The iss of tokens: the issuer’s name as it stands in each of them',
      allowedPattern: '^.+$',
    });
    const audience = new CfnParameter(this, 'TokenAudience', {
      description: 'What tokens are for: their aud, or the id of the client, several separated by commas',
      allowedPattern: '^.+$',
    });
    const jwks = new CfnParameter(this, 'TokenJwks', {
      description: 'The https address of the issuer’s JWKS, or the JWKS itself',
      allowedPattern: '^(https://.+|\\{.+\\})$',
    });
    return {
      [TOKEN_ISSUER]: issuer.valueAsString,
      [TOKEN_AUDIENCE]: audience.valueAsString,
      [TOKEN_JWKS]: jwks.valueAsString,
      [TOKEN_RULES]: JSON.stringify(this.stage.tokens),
    };
  }

  /** As emulators can make it. On AWS each method is a resource of its own, which the rules are held against. */
  #addDescribedApi(functions: StackFunctions): RestApiBase {
    const { api } = new DescribedRestApi(this, 'DescribedApi', {
      stage: this.stage,
      stageName: STAGE_NAME,
      routes: topology.routes,
      functionOf: (name) => functions.get(name as FunctionName)!.function,
      authorizer: functions.get(topology.authorizer)!.function,
    });
    return api;
  }

  #addApi(functions: StackFunctions): RestApiBase {
    const { stage } = this;
    const logGroup = new StageLogGroup(this, 'AccessLogs', stage);
    const api = new RestApi(this, 'Api', {
      description: `Millrace ${stage.name}`,
      endpointTypes: [EndpointType.REGIONAL],
      // Writing execution logs needs a role that is set once for the whole account and region.
      cloudWatchRole: true,
      ...preflightOptions(stage.pageOrigin),
      deployOptions: {
        stageName: STAGE_NAME,
        throttlingRateLimit: stage.rest.requestsPerSecond,
        throttlingBurstLimit: stage.rest.burst,
        accessLogDestination: new LogGroupLogDestination(logGroup),
        accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
        loggingLevel: MethodLoggingLevel.ERROR,
      },
    });
    this.#endExecutionLogs(api);
    addGatewayProblems(api, stage.pageOrigin);
    acknowledge(
      api,
      'APIG2',
      'Requests are validated in their handlers against the contracts, everywhere the same way.',
    );
    acknowledge(
      api,
      'APIG3',
      'Every route but two needs a token, and the stage throttles; a web ACL comes with the public product.',
    );
    acknowledge(
      api,
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      'API Gateway asks for this very policy to write its logs.',
    );
    this.#addRoutes(api, functions, this.#targetsOf(functions, api));
    return api;
  }

  /** API Gateway makes this group when it is not there, and one that it makes is kept for ever. */
  #endExecutionLogs(api: RestApi): void {
    const logGroup = new StageLogGroup(this, 'ExecutionLogs', this.stage, {
      logGroupName: `API-Gateway-Execution-Logs_${api.restApiId}/${STAGE_NAME}`,
    });
    api.deploymentStage.node.addDependency(logGroup);
  }

  /** The authorizer is not among those that are released gradually: whom it believes is in force at once. */
  #targetsOf(functions: StackFunctions, api: RestApi): ReadonlyMap<FunctionName, IFunction> {
    const answering = [...functions.values()].filter(({ name }) => name !== topology.authorizer);
    if (!this.stage.shiftsGradually) return new Map(answering.map((made) => [made.name, made.function]));
    const { alarm } = new RunbookAlarm(this, 'ReleaseAlarm', {
      metric: SERVICE_METRICS.releaseServerErrors,
      dimensions: { ApiName: api.restApiName },
      topicArn: this.platform.alarmTopicArn,
    });
    return new GradualRelease(this, 'Release', { functions: answering, alarms: [alarm] }).targets;
  }

  #addRoutes(api: RestApi, functions: StackFunctions, targets: ReadonlyMap<FunctionName, IFunction>): void {
    const authorizer = new TokenAuthorizer(this, 'Authorizer', {
      handler: functions.get(topology.authorizer)!.function,
      // A token that has just expired or been withdrawn must not live on in a cache.
      resultsCacheTtl: Duration.seconds(0),
    });
    for (const route of topology.routes) {
      new RestRoute(this, `${route.method}-${route.path.slice(1).replaceAll('/', '-')}`, {
        route,
        root: api.root,
        target: targets.get(route.function)!,
        authorizer,
      });
    }
    acknowledgePreflights(api);
  }
}
