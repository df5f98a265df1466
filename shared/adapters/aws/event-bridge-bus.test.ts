import { describe, expect, it } from '@jest/globals';
import { anOrder } from '../../../test/support/order.ts';
import type { OrderRecord } from '../../contracts/records.ts';
import type { BusEvent } from '../../ports/event-bus.ts';
import { LimitExceeded } from '../../ports/state-store.ts';
import { parseEnvironment } from './environment.ts';
import { EventBridgeBus } from './event-bridge-bus.ts';
import { scriptedClient, type Sent } from './scripted-client.ts';

interface PutEvents {
  readonly Entries: readonly { readonly Detail: string }[];
}

const environment = parseEnvironment({ EVENT_BUS_NAME: 'bus-1' }, []);
const noSleep = async (): Promise<void> => {};
const event = (statusReason: string): BusEvent => ({
  detailType: 'OrderChangedV1',
  detail: { order: anOrder(1, { statusReason }) },
});
const reasons = ({ Entries }: PutEvents): (string | null)[] =>
  Entries.map(({ Detail }) => (JSON.parse(Detail) as { readonly order: OrderRecord }).order.statusReason);
const accept = ({ input }: Sent<PutEvents>): { Entries: object[] } => ({
  Entries: input.Entries.map(() => ({ EventId: '1' })),
});

describe('EventBridgeBus', () => {
  it('sends at most ten events a call, and again those that were refused', async () => {
    const { client, sent } = scriptedClient<PutEvents>((call, index) => {
      const answer = accept(call);
      if (index === 0) answer.Entries[3] = { ErrorCode: 'ThrottlingException' };
      return answer;
    });
    const names = Array.from({ length: 12 }, (_, n) => `r${n}`);
    await new EventBridgeBus(environment, client, noSleep).publish(names.map(event));
    expect(sent.map(({ input }) => reasons(input))).toEqual([names.slice(0, 10), ['r3'], names.slice(10)]);
    expect(sent[0]!.input.Entries[0]).toMatchObject({
      EventBusName: 'bus-1',
      Source: 'millrace',
      DetailType: 'OrderChangedV1',
    });
  });

  it('refuses an event over 256 KB, and then sends none', async () => {
    const { client, sent } = scriptedClient(accept);
    const bus = new EventBridgeBus(environment, client, noSleep);
    await expect(bus.publish([event('small'), event('x'.repeat(256 * 1024))])).rejects.toThrow(LimitExceeded);
    expect(sent).toEqual([]);
  });
});
