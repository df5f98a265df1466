/** What every EventBus promises. Events carry fresh ids, so it may run over a bus that others use. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bookRecordOf } from '../../../shared/contracts/ledger-records.ts';
import { openBook } from '../../../shared/domain/portfolio/book.ts';
import { MAX_EVENT_BYTES, type BusEvent, type EventBus } from '../../../shared/ports/event-bus.ts';
import { LimitExceeded } from '../../../shared/ports/state-store.ts';
import { aFill, anOrder } from '../../support/order.ts';
import { eventually } from './eventually.ts';

export interface EventBusUnderTest {
  readonly bus: EventBus;
  /** Every event of these detail-types that has been delivered so far to some target: OrderChangedV1, PortfolioChangedV1. */
  received(): Promise<readonly BusEvent[]>;
  close(): Promise<void>;
}

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
      (await underTest.received()).filter((event) => strategyOf(event) === strategyId);

    it('delivers every event of a call, however many, as it was published', async () => {
      const strategyId = randomUUID();
      const events = Array.from({ length: 25 }, (_, n) =>
        n % 2 === 0 ? orderEvent(strategyId, `Zürich 🚀 "${n}"`) : fillEvent(strategyId, n),
      );
      await bus.publish(events);
      await eventually(
        () => ofStrategy(strategyId),
        (received) => expect(distinct(received)).toEqual(distinct(events)),
      );
    });

    it('takes publishers at once', async () => {
      const strategyId = randomUUID();
      const events = Array.from({ length: 12 }, (_, n) => orderEvent(strategyId, String(n)));
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
      const near = orderEvent(accepted, 'x'.repeat(MAX_EVENT_BYTES - 2048));
      const tooLarge = orderEvent(refused, 'ü'.repeat(MAX_EVENT_BYTES / 2));
      await expect(bus.publish([orderEvent(refused, 'small'), tooLarge])).rejects.toThrow(LimitExceeded);
      await bus.publish([near]);
      await eventually(
        () => ofStrategy(accepted),
        (received) => expect(distinct(received)).toEqual(distinct([near])),
      );
      expect(await ofStrategy(refused)).toEqual([]);
    });
  });
}

function orderEvent(strategyId: string, statusReason: string): BusEvent {
  const order = anOrder(1, { clientOrderId: randomUUID(), strategyId, statusReason });
  return { detailType: 'OrderChangedV1', detail: { order } };
}

function fillEvent(strategyId: string, n: number): BusEvent {
  const fill = aFill(n, { fillId: randomUUID(), strategyId });
  const { accountId, instrumentId } = fill;
  const book = openBook(accountId, strategyId, instrumentId, 1000n);
  return { detailType: 'PortfolioChangedV1', detail: { fill, position: bookRecordOf(book) } };
}

function strategyOf({ detailType, detail }: BusEvent): string | null {
  if (detailType === 'OrderChangedV1') return detail.order.strategyId;
  return detailType === 'PortfolioChangedV1' ? detail.fill.strategyId : null;
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
