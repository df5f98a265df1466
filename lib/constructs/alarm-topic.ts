import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { AlarmReceiver } from '../config/alarm-receivers.ts';
import type { Stage } from '../config/stage.ts';

const ALARMS = new ServicePrincipal('cloudwatch.amazonaws.com');

export interface AlarmTopicProps {
  readonly stage: Stage;
  readonly receivers: readonly AlarmReceiver[];
}

/** Where every alarm of the stage says that it began or ended, and who hears it. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { stage, receivers }: AlarmTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      displayName: `Millrace ${stage.name} alarms`,
      enforceSSL: true,
      ...(stage.emulated ? {} : { masterKey: this.#addKey() }),
    });
    // With a policy of its own, for TLS, a topic loses the one that let the account's alarms in.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarms',
        principals: [ALARMS],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    for (const receiver of receivers) this.#subscribe(receiver);
  }

  /** A key of our own, because AWS's key for SNS lets no alarm in, and an alarm that may not use it is lost in silence. */
  #addKey(): Key {
    const key = new Key(this, 'Key', {
      description: 'Encrypts what alarms say',
      enableKeyRotation: true,
      // Nothing is kept under it: a message lives for as long as it is delivered.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarms',
        principals: [ALARMS],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        // In its own policy a key is called thus. Whose alarms may publish is what the topic's policy says.
        resources: ['*'],
      }),
    );
    return key;
  }

  #subscribe(receiver: AlarmReceiver): void {
    switch (receiver.kind) {
      case 'email':
        this.topic.addSubscription(new EmailSubscription(receiver.address));
        return;
      case 'https':
        this.topic.addSubscription(
          new UrlSubscription(receiver.url, { protocol: SubscriptionProtocol.HTTPS }),
        );
        return;
      case 'slack':
        new SlackChannelConfiguration(this, `Slack-${receiver.channelId}`, {
          slackChannelConfigurationName: `${Stack.of(this).stackName}-${receiver.channelId}`,
          slackWorkspaceId: receiver.workspaceId,
          slackChannelId: receiver.channelId,
          notificationTopics: [this.topic],
        });
        return;
      default:
        throw new Error(`alarm receiver ${String(receiver satisfies never)}`);
    }
  }
}
