/** Reads back what the AWS adapters sent, as the contract suites ask for it. */
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { clientOptions } from '../../shared/adapters/aws/client-options.ts';
import {
  EVENT_BUS_NAME,
  queueVariable,
  streamVariable,
  type Environment,
} from '../../shared/adapters/aws/environment.ts';
import type { BusEvent } from '../../shared/ports/event-bus.ts';
import type { QueueMessage } from '../../shared/ports/queue-sender.ts';
import type { QueueName, StreamName } from '../../shared/topology.ts';
import type { ReceivedRecord } from '../contracts/suites/stream-writer.ts';

const ANSWER_TIMEOUT_MS = 30_000;

/**
 * A function that asks again has lost nothing. Here a receipt that is given up may have been one all the same, whose
 * messages nobody sees for half a minute: on a busy machine an emulator takes longer to answer than a function has.
 */
function patient(environment: Environment): ReturnType<typeof clientOptions> {
  return {
    ...clientOptions(environment),
    requestHandler: new NodeHttpHandler({ requestTimeout: ANSWER_TIMEOUT_MS, throwOnRequestTimeout: true }),
  };
}

/** Everything on a stream since its beginning; each call reads on from where the last one ended. */
export function streamReceiver(
  environment: Environment,
): (stream: StreamName) => Promise<readonly ReceivedRecord[]> {
  const client = new KinesisClient(patient(environment));
  const iterators = new Map<StreamName, string[]>();
  const received = new Map<StreamName, ReceivedRecord[]>();
  const begin = async (stream: StreamName): Promise<string[]> => {
    const StreamName = environment.text(streamVariable(stream));
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
    return Promise.all(
      Shards.map(async ({ ShardId }) => {
        const input = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
        return (await client.send(new GetShardIteratorCommand(input))).ShardIterator!;
      }),
    );
  };
  return async (stream) => {
    const records = received.get(stream) ?? [];
    received.set(stream, records);
    const shards = iterators.get(stream) ?? (await begin(stream));
    for (const [index, ShardIterator] of shards.entries()) {
      const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }));
      records.push(
        ...Records.map(({ PartitionKey, Data }) => ({ partitionKey: PartitionKey!, data: Data! })),
      );
      shards[index] = NextShardIterator!;
    }
    iterators.set(stream, shards);
    return records;
  };
}

/** Receives and deletes what a queue can give now. */
export function queueReceiver(
  environment: Environment,
): (queue: QueueName) => Promise<readonly QueueMessage[]> {
  const client = new SQSClient(patient(environment));
  return async (queue) =>
    (await drain(client, environment.text(queueVariable(queue)))).map(({ Body, Attributes }) => ({
      body: Body!,
      groupId: Attributes!.MessageGroupId!,
      deduplicationId: Attributes!.MessageDeduplicationId!,
    }));
}

/** Catches what changes of orders and portfolios with a rule and a queue of its own. */
export async function busReceiver(environment: Environment): Promise<() => Promise<readonly BusEvent[]>> {
  const [sqs, events] = [new SQSClient(patient(environment)), new EventBridgeClient(patient(environment))];
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'caught-events' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const rule = { Rule: 'catch-changes', EventBusName: environment.text(EVENT_BUS_NAME) };
  const EventPattern = JSON.stringify({ 'detail-type': ['OrderChangedV1', 'PortfolioChangedV1'] });
  await events.send(new PutRuleCommand({ Name: rule.Rule, EventBusName: rule.EventBusName, EventPattern }));
  await events.send(
    new PutTargetsCommand({ ...rule, Targets: [{ Id: 'queue', Arn: Attributes!.QueueArn }] }),
  );
  const received: BusEvent[] = [];
  return async () => {
    for (const { Body } of await drain(sqs, QueueUrl!)) {
      const event = JSON.parse(Body!) as {
        'detail-type': BusEvent['detailType'];
        detail: BusEvent['detail'];
      };
      received.push({ detailType: event['detail-type'], detail: event.detail } as BusEvent);
    }
    return received;
  };
}

async function drain(client: SQSClient, QueueUrl: string): Promise<Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
  );
  const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  if (Entries.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  return Messages;
}
