import { describe, expect, it } from '@jest/globals';
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
const event = (reason: string): BusEvent => ({
  detailType: 'OrderRejectedV1',
  detail: { clientOrderId: reason, strategyId: reason, reason, timeMs: 0 },
});
const reasons = ({ Entries }: PutEvents): string[] =>
  Entries.map(({ Detail }) => (JSON.parse(Detail) as { readonly reason: string }).reason);
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
      DetailType: 'OrderRejectedV1',
    });
  });

  it('refuses an event over 256 KB, and then sends none', async () => {
    const { client, sent } = scriptedClient(accept);
    const bus = new EventBridgeBus(environment, client, noSleep);
    await expect(bus.publish([event('small'), event('x'.repeat(256 * 1024))])).rejects.toThrow(LimitExceeded);
    expect(sent).toEqual([]);
  });
});
