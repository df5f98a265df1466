import type { IAuthorizer, IResource, Method } from 'aws-cdk-lib/aws-apigateway';
import { AuthorizationType, LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { RouteDefinition } from '../../shared/topology-schema.ts';
import { acknowledge } from './permission.ts';

export interface RestRouteProps {
  readonly route: RouteDefinition;
  /** The root of the API. */
  readonly root: IResource;
  /** What answers. */
  readonly target: IFunction;
  readonly authorizer: IAuthorizer;
}

/** One method of one path, answered by one function, behind the authorizer unless the topology leaves it open. */
export class RestRoute extends Construct {
  readonly method: Method;

  constructor(scope: Construct, id: string, props: RestRouteProps) {
    super(scope, id);
    const { route, root, authorizer } = props;
    const open = route.open === true;
    this.method = root
      .resourceForPath(route.path)
      .addMethod(
        route.method,
        new LambdaIntegration(props.target, { allowTestInvoke: false }),
        open
          ? { authorizationType: AuthorizationType.NONE }
          : { authorizationType: AuthorizationType.CUSTOM, authorizer },
      );
    acknowledge(
      this.method,
      'COG4',
      'Tokens are verified by the authorizer function against their issuer, whichever it is.',
    );
    if (open)
      acknowledge(
        this.method,
        'APIG4',
        'That the API lives, and what it offers, is open to everybody, and says nothing of what is behind it.',
      );
  }
}
