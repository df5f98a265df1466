import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Alias, type IFunction, type IVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionName } from '../../shared/topology.ts';
import type { MillraceFunction } from './millrace-function.ts';
import { acknowledge } from './permission.ts';

export interface GradualReleaseProps {
  readonly functions: readonly MillraceFunction[];
  /** Any of them takes a release back. */
  readonly alarms: readonly Alarm[];
}

/**
 * New versions of functions that answer requests: a tenth of the requests goes to one for five minutes, then all of
 * them, or none when an alarm rings. Only for functions without state of their own: two versions answer side by side.
 * The casts: under exactOptionalPropertyTypes the library's classes do not fit its own interfaces.
 */
export class GradualRelease extends Construct {
  /** What requests go to, by function. */
  readonly targets: ReadonlyMap<FunctionName, IFunction>;

  constructor(scope: Construct, id: string, { functions, alarms }: GradualReleaseProps) {
    super(scope, id);
    const application = new LambdaApplication(this, 'Application');
    this.targets = new Map(
      functions.map((released) => {
        const alias = new Alias(released, 'Live', {
          aliasName: 'live',
          version: released.function.currentVersion as IVersion,
        });
        const group = new LambdaDeploymentGroup(this, released.name, {
          application,
          alias,
          deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
          alarms: [...alarms],
          autoRollback: { deploymentInAlarm: true, failedDeployment: true, stoppedDeployment: true },
        });
        acknowledge(
          group,
          'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
          'CodeDeploy shifts an alias between two versions; its own policy for that is the narrow one of the two it has.',
        );
        return [released.name, alias as IFunction];
      }),
    );
  }
}
