/** What every EventBus promises. Events carry fresh ids, so it may run over a bus that others use. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_EVENT_BYTES, type BusEvent, type EventBus } from '../../../shared/ports/event-bus.ts';
import { LimitExceeded } from '../../../shared/ports/state-store.ts';
import { eventually } from './eventually.ts';

export interface EventBusUnderTest {
  readonly bus: EventBus;
  /** Every event of these detail-types that has been delivered so far to some target: OrderRejectedV1, OrderExpiredV1. */
  received(): Promise<readonly BusEvent[]>;
  close(): Promise<void>;
}

type VenueReport = Extract<BusEvent, { detailType: 'OrderRejectedV1' | 'OrderExpiredV1' }>;

export function describeEventBus(name: string, open: () => Promise<EventBusUnderTest>): void {
  describe(`${name} keeps the promises of an EventBus`, () => {
    let underTest: EventBusUnderTest;
    let bus: EventBus;
    beforeAll(async () => {
      underTest = await open();
      bus = underTest.bus;
    });
    afterAll(async () => underTest.close());

    const ofStrategy = async (strategyId: string): Promise<BusEvent[]> =>
      (await underTest.received()).filter((event) => (event as VenueReport).detail.strategyId === strategyId);

    it('delivers every event of a call, however many, as it was published', async () => {
      const strategyId = randomUUID();
      const events = Array.from({ length: 25 }, (_, n) =>
        report(strategyId, `Zürich 🚀 "${n}"`, n % 2 === 0 ? 'OrderRejectedV1' : 'OrderExpiredV1'),
      );
      await bus.publish(events);
      await eventually(
        () => ofStrategy(strategyId),
        (received) => expect(distinct(received)).toEqual(distinct(events)),
      );
    });

    it('takes publishers at once', async () => {
      const strategyId = randomUUID();
      const events = Array.from({ length: 12 }, (_, n) => report(strategyId, String(n)));
      await Promise.all(events.map((event) => bus.publish([event])));
      await eventually(
        () => ofStrategy(strategyId),
        (received) => expect(distinct(received)).toEqual(distinct(events)),
      );
    });

    it('takes an empty call as nothing to do', async () => {
      await bus.publish([]);
    });

    it('takes an event near 256 KB and refuses a larger one, with its whole call', async () => {
      const [accepted, refused] = [randomUUID(), randomUUID()];
      const near = report(accepted, 'x'.repeat(MAX_EVENT_BYTES - 2048));
      const tooLarge = report(refused, 'ü'.repeat(MAX_EVENT_BYTES / 2));
      await expect(bus.publish([report(refused, 'small'), tooLarge])).rejects.toThrow(LimitExceeded);
      await bus.publish([near]);
      await eventually(
        () => ofStrategy(accepted),
        (received) => expect(distinct(received)).toEqual(distinct([near])),
      );
      expect(await ofStrategy(refused)).toEqual([]);
    });
  });
}

function report(
  strategyId: string,
  reason: string,
  detailType: VenueReport['detailType'] = 'OrderRejectedV1',
): BusEvent {
  return {
    detailType,
    detail: { clientOrderId: randomUUID(), strategyId, reason, timeMs: 1_723_161_600_000 },
  };
}

/** Delivery is unordered and at least once: what counts is the set. */
function distinct(events: readonly BusEvent[]): string[] {
  return [
    ...new Set(events.map((event) => `${event.detailType} ${JSON.stringify(sorted(event.detail))}`)),
  ].sort();
}

function sorted(detail: object): object {
  return Object.fromEntries(Object.entries(detail).sort(([a], [b]) => (a < b ? -1 : 1)));
}
