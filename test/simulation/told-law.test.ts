import { describe, expect, it } from '@jest/globals';
import type { OrderStatus } from '../../shared/domain/orders/order.ts';
import { orderWrite } from '../../shared/runtime/order-items.ts';
import { durableStores } from '../../simulation/fabric/durable.ts';
import { toldOnceWritten } from '../../simulation/laws/told.ts';
import { anOrder } from '../support/order.ts';

const view = { stores: durableStores(), nowMs: 0 };

/** What the law says of a status that is told when the order has had these, one after the other. */
function saidOf(told: OrderStatus, ...written: readonly OrderStatus[]): string | null {
  const law = toldOnceWritten();
  for (const status of written) law.onWrites!([orderWrite(anOrder(1, { status }), { kind: 'none' })], view);
  const order = anOrder(1, { status: told });
  return law.onPublished!([{ detailType: 'OrderChangedV1', detail: { order } }], view);
}

describe('what is told of an order', () => {
  it('was written down before', () => {
    expect(saidOf('SUBMITTED', 'INITIALIZED', 'SUBMITTED')).toBeNull();
    expect(saidOf('FILLED', 'SUBMITTED')).toMatch(/was told to be FILLED, and was only SUBMITTED$/);
    expect(saidOf('SUBMITTED')).toMatch(/was told of, and is not in the table$/);
  });

  it('may have been followed since by what it may itself follow: an outbox that was delivered late', () => {
    expect(saidOf('SUBMITTED', 'INITIALIZED', 'SUBMITTED', 'UNKNOWN')).toBeNull();
  });

  it('is no status that the order never had, though none follows the one it has', () => {
    expect(saidOf('FILLED', 'INITIALIZED', 'DENIED')).toMatch(/was told to be FILLED/);
  });
});
