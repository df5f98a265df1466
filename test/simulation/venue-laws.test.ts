import { describe, expect, it } from '@jest/globals';
import { venueReportKey } from '../../shared/contracts/record-keys.ts';
import type { OrderRecord } from '../../shared/contracts/records.ts';
import type { WrittenReport } from '../../shared/domain/orders/written-report.ts';
import type { PutWrite } from '../../shared/ports/state-store.ts';
import { orderWrite } from '../../shared/runtime/order-items.ts';
import { durableStores } from '../../simulation/fabric/durable.ts';
import type { Law, View } from '../../simulation/fabric/watch.ts';
import { onceAtTheVenue, partsAddUp } from '../../simulation/laws/venue.ts';
import { aFill, anOrder } from '../support/order.ts';
import { endedReport, filledReport } from '../support/report.ts';

const sale = anOrder(1, { side: 'SELL', quantity: '3', quoteQuantity: null });
const purchase = anOrder(1, { quoteQuantity: '200' });
const part = (number: number, leaves: string) => filledReport(aFill(1), number, leaves);

async function viewWith(order: OrderRecord): Promise<View> {
  const stores = durableStores();
  await stores.state.write(orderWrite(order, { kind: 'none' }));
  return { stores, nowMs: 0 };
}

/** What a law says of reports that are kept one after the other: the last word. */
async function saidOf(law: Law, order: OrderRecord, ...reports: readonly WrittenReport[]) {
  const view = await viewWith(order);
  let said: string | null = null;
  for (const report of reports) {
    const key = venueReportKey(report.clientOrderId, report.number);
    const write: PutWrite = {
      kind: 'put',
      table: 'orders',
      ...key,
      value: report,
      condition: { kind: 'none' },
    };
    said = law.onWrites!([write], view);
  }
  return said;
}

describe('the parts of an order', () => {
  it('add up to what it asked for', async () => {
    expect(await saidOf(partsAddUp(), sale, part(1, '2'), part(2, '1'), part(3, '0'))).toBeNull();
    expect(await saidOf(partsAddUp(), sale, part(1, '2'), part(2, '0'))).toMatch(
      /makes 2 of it; it asked for 3$/,
    );
    expect(await saidOf(partsAddUp(), sale, part(1, '2.5'))).toMatch(/makes 3.5 of it/);
  });

  it('spend no more than it may', async () => {
    expect(await saidOf(partsAddUp(), purchase, part(1, '1'))).toBeNull();
    expect(await saidOf(partsAddUp(), purchase, part(1, '1'), part(2, '0'))).toMatch(/spent 200.2 of 200$/);
  });
});

describe('what a venue tells of an order', () => {
  it('stands under its number, and ends with its end', async () => {
    const end = endedReport(sale, 'canceled', { number: 2 });
    expect(await saidOf(onceAtTheVenue(), sale, part(1, '2'), part(1, '2'), end, end)).toBeNull();
    expect(await saidOf(onceAtTheVenue(), sale, part(1, '2'), part(1, '1'))).toMatch(
      /^report 1 of order .* was/,
    );
    expect(await saidOf(onceAtTheVenue(), sale, part(1, '0'), end)).toMatch(/had ended before/);
    expect(await saidOf(onceAtTheVenue(), sale, end, part(3, '0'))).toMatch(/had ended before/);
  });
});
