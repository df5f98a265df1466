import type { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { WebSocketRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import type { SocketRouteDefinition } from '../../shared/topology-schema.ts';
import type { MillraceFunction } from './millrace-function.ts';
import { acknowledge } from './permission.ts';

export interface SocketRouteProps {
  readonly route: SocketRouteDefinition;
  readonly api: WebSocketApi;
  readonly function: MillraceFunction;
}

/** One route key of the WebSocket API, answered by one function. */
export class SocketRoute extends Construct {
  readonly route: WebSocketRoute;

  constructor(scope: Construct, id: string, props: SocketRouteProps) {
    super(scope, id);
    const { route, api } = props;
    this.route = api.addRoute(route.routeKey, {
      integration: new WebSocketLambdaIntegration('Integration', props.function.function),
    });
    acknowledge(
      this.route,
      'APIG4',
      'Browsers cannot send a token with a WebSocket: $connect takes a one-use ticket, which its function checks.',
    );
  }
}
