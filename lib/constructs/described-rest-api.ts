import { Stack } from 'aws-cdk-lib';
import { ApiDefinition, EndpointType, SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { RouteDefinition } from '../../shared/topology-schema.ts';
import type { Stage } from '../config/stage.ts';
import { preflightOperation } from './cross-origin.ts';
import { addGatewayProblems } from './gateway-problems.ts';

export interface DescribedRestApiProps {
  readonly stage: Stage;
  readonly stageName: string;
  readonly routes: readonly RouteDefinition[];
  /** By the name that a route has for it. */
  readonly functionOf: (name: string) => IFunction;
  readonly authorizer: IFunction;
}

/** The name of the scheme, which is the authorizer's too. */
const TOKEN = 'token';

/**
 * The REST API as one OpenAPI document, the authorizer in it, instead of a resource for each method. LocalStack's free
 * edition has no `AWS::ApiGateway::Authorizer`, but it makes the authorizers that a document describes.
 */
export class DescribedRestApi extends Construct {
  readonly api: SpecRestApi;

  constructor(scope: Construct, id: string, props: DescribedRestApiProps) {
    super(scope, id);
    const { stage, stageName, routes, functionOf, authorizer } = props;
    this.api = new SpecRestApi(this, 'Api', {
      description: `Millrace ${stage.name}`,
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      apiDefinition: ApiDefinition.fromInline(this.#describe(props)),
      deployOptions: {
        stageName,
        throttlingRateLimit: stage.rest.requestsPerSecond,
        throttlingBurstLimit: stage.rest.burst,
      },
    });
    addGatewayProblems(this.api, stage.pageOrigin);
    for (const { method, path, function: name } of routes)
      this.#mayBeCalled(
        functionOf(name),
        `${method}${path}`,
        this.api.arnForExecuteApi(method, path, stageName),
      );
    const { partition, region, account } = Stack.of(this);
    this.#mayBeCalled(
      authorizer,
      'Authorizer',
      `arn:${partition}:execute-api:${region}:${account}:${this.api.restApiId}/authorizers/*`,
    );
  }

  #describe({ stage, routes, functionOf, authorizer }: DescribedRestApiProps): object {
    const { pageOrigin } = stage;
    const beside = pageOrigin === null ? {} : { options: preflightOperation(pageOrigin) };
    const paths: Record<string, Record<string, object>> = {};
    for (const route of routes) {
      const operation = {
        security: route.open === true ? [] : [{ [TOKEN]: [] }],
        parameters: [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string' },
        })),
        responses: {},
        'x-amazon-apigateway-integration': {
          type: 'aws_proxy',
          httpMethod: 'POST',
          uri: this.#invocation(functionOf(route.function)),
        },
      };
      paths[route.path] = { ...beside, ...paths[route.path], [route.method.toLowerCase()]: operation };
    }
    return {
      openapi: '3.0.1',
      info: { title: `Millrace ${stage.name}`, description: `Millrace ${stage.name}`, version: '1' },
      paths,
      components: {
        securitySchemes: {
          [TOKEN]: {
            type: 'apiKey',
            name: 'Authorization',
            in: 'header',
            'x-amazon-apigateway-authtype': 'custom',
            'x-amazon-apigateway-authorizer': {
              type: 'token',
              authorizerUri: this.#invocation(authorizer),
              // A token that has just expired or been withdrawn must not live on in a cache.
              authorizerResultTtlInSeconds: 0,
            },
          },
        },
      },
    };
  }

  #invocation(called: IFunction): string {
    const { partition, region } = Stack.of(this);
    return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${called.functionArn}/invocations`;
  }

  #mayBeCalled(called: IFunction, from: string, sourceArn: string): void {
    called.addPermission(`Api-${from.replaceAll('/', '-')}`, {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn,
      scope: this,
    });
  }
}
