import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BusEvent } from '../../ports/event-bus.ts';
import { failedEventsVariable, parseEnvironment } from './environment.ts';
import { scriptedClient } from './scripted-client.ts';
import { SqsFailedEvents } from './sqs-failed-events.ts';
import { functionsOfEvents } from './stage-parameters.ts';

const variables = Object.fromEntries(functionsOfEvents().map((name) => [failedEventsVariable(name), name]));
const environment = parseEnvironment(variables, Object.keys(variables));
const event = { 'detail-type': 'PortfolioChangedV1', source: 'millrace', detail: { fill: { fillId: 'f' } } };

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const invocationThatFailed = {
  version: '1.0',
  timestamp: '2019-11-14T18:16:05.568Z',
  requestContext: {
    requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
    functionArn: 'arn:aws:lambda:us-east-2:123456789012:function:my-function:$LATEST',
    condition: 'RetriesExhausted',
    approximateInvokeCount: 3,
  },
  requestPayload: event,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorMessage: 'the table is away', errorType: 'Unreachable' },
};

describe('SqsFailedEvents', () => {
  let waiting: { MessageId: string; Body: string; MessageAttributes?: object }[];
  let hidden: string[];
  let published: BusEvent[];
  let publish: () => void;
  let events: SqsFailedEvents;

  beforeEach(() => {
    waiting = [];
    hidden = [];
    published = [];
    publish = () => undefined;
    const { client } = scriptedClient<{ QueueUrl: string; ReceiptHandle: string }>(({ command, input }) => {
      if (command === 'ReceiveMessageCommand') {
        const given =
          input.QueueUrl === 'push-updates' ? waiting.filter((m) => !hidden.includes(m.MessageId)) : [];
        hidden.push(...given.map((m) => m.MessageId));
        return { Messages: given.map((m) => ({ ...m, ReceiptHandle: m.MessageId })) };
      }
      hidden = hidden.filter((id) => id !== input.ReceiptHandle);
      if (command === 'DeleteMessageCommand')
        waiting = waiting.filter((m) => m.MessageId !== input.ReceiptHandle);
      return {};
    });
    const bus = { publish: async (one: readonly BusEvent[]) => (publish(), void published.push(...one)) };
    events = new SqsFailedEvents(environment, bus, client);
  });

  const put = (MessageId: string, body: object, MessageAttributes = {}) =>
    waiting.push({ MessageId, Body: JSON.stringify(body), MessageAttributes });

  it('shows an invocation that failed and an event that was never handed over in one shape, and takes neither', async () => {
    put('1', invocationThatFailed);
    put('2', event, {
      ERROR_CODE: { StringValue: 'THROTTLING' },
      ERROR_MESSAGE: { StringValue: 'Rate exceeded' },
      RETRY_ATTEMPTS: { StringValue: '10' },
    });
    const content = { detailType: 'PortfolioChangedV1', detail: event.detail };
    expect(await events.list(null, 10)).toMatchObject([
      { kind: 'event', function: 'push-updates', id: '1', cause: 'the table is away', attempts: 3, content },
      { kind: 'event', function: 'push-updates', id: '2', cause: 'Rate exceeded', attempts: 10, content },
    ]);
    expect([waiting.length, hidden]).toEqual([2, []]);
  });

  it('publishes each once more, and deletes it when the bus has it', async () => {
    put('1', invocationThatFailed);
    put('2', event);
    const again = { detailType: 'PortfolioChangedV1', detail: event.detail };
    expect(await events.redrive('push-updates')).toEqual([
      { kind: 'event', function: 'push-updates', redriven: 2, left: null },
    ]);
    expect(published).toEqual([again, again]);
    expect(waiting).toEqual([]);
    expect(await events.redrive('push-updates')).toEqual([]);
  });

  it('keeps what the bus does not take', async () => {
    put('1', event);
    publish = () => {
      throw new Error('the bus is away');
    };
    await expect(events.redrive('push-updates')).rejects.toThrow('the bus is away');
    expect(waiting).toHaveLength(1);
  });

  it('leaves a message that is no event, and says which', async () => {
    put('1', { something: 'else' });
    expect(await events.redrive(null)).toMatchObject([
      { redriven: 0, left: expect.stringMatching(/^1: neither a failed invocation nor an event/) },
    ]);
    expect(waiting).toHaveLength(1);
  });
});
