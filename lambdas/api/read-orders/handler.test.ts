import { beforeEach, describe, expect, it } from '@jest/globals';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { anOrder } from '../../../test/support/order.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import { deterministicId } from '../../../shared/domain/ids.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { ensureAccount } from '../../../shared/runtime/accounts.ts';
import { orderWrite } from '../../../shared/runtime/order-items.ts';
import { createHandler } from './handler.ts';

const otherStrategy = deterministicId('test-strategy', 1);
const orders = [
  anOrder(1, { status: 'FILLED', filledQuantity: '1', averagePrice: '100' }),
  anOrder(2, { status: 'DENIED', statusReason: 'the kill switch is engaged' }),
  anOrder(3, { status: 'FILLED', strategyId: otherStrategy }),
  anOrder(4),
];

let state: StateStore;
let call: ReturnType<typeof restClient>;
beforeEach(async () => {
  state = openMemoryState();
  for (const order of orders) await state.write(orderWrite(order, { kind: 'absent' }));
  call = restClient(createHandler({ state }));
});

const idsOf = ({ body }: { body: { items: { clientOrderId: string }[] } }) =>
  body.items.map((item) => item.clientOrderId);
const ids = (...ns: number[]) => ns.map((n) => anOrder(n).clientOrderId);

describe('orders', () => {
  it('are listed newest first', async () => {
    expect(idsOf(await call('GET /v1/orders'))).toEqual(ids(4, 3, 2, 1));
  });

  it('are filtered by strategy and by status', async () => {
    expect(idsOf(await call('GET /v1/orders', { query: { strategyId: otherStrategy } }))).toEqual(ids(3));
    expect(idsOf(await call('GET /v1/orders', { query: 'status=FILLED' }))).toEqual(ids(3, 1));
    expect(
      idsOf(await call('GET /v1/orders', { query: { status: 'FILLED', strategyId: orders[0]!.strategyId } })),
    ).toEqual(ids(1));
  });

  it('are those of an account, and of none that is not there', async () => {
    await ensureAccount(state, 'other', 0);
    await state.write(orderWrite(anOrder(5, { accountId: 'other' }), { kind: 'absent' }));
    expect(idsOf(await call('GET /v1/orders', { query: { account: 'other' } }))).toEqual(ids(5));
    expect(idsOf(await call('GET /v1/orders'))).toEqual(ids(4, 3, 2, 1));
    expect(await call('GET /v1/orders', { query: { account: 'nobody' } })).toMatchObject({ status: 404 });
  });

  it('come in pages, filtered ones as well', async () => {
    const first = await call('GET /v1/orders', { query: 'status=FILLED&limit=1' });
    expect(idsOf(first)).toEqual(ids(3));
    const second = await call('GET /v1/orders', {
      query: { status: 'FILLED', limit: '1', after: first.body.next! },
    });
    expect(idsOf(second)).toEqual(ids(1));
  });

  it('are shown one by one, with why they were denied', async () => {
    const [clientOrderId] = ids(2) as [string];
    expect((await call('GET /v1/orders/{clientOrderId}', { path: { clientOrderId } })).body).toEqual(
      orders[1],
    );
  });

  it('are not found under another id', async () => {
    const path = { clientOrderId: otherStrategy };
    expect((await call('GET /v1/orders/{clientOrderId}', { path })).status).toBe(404);
  });

  it.each(['status=LOST', 'strategyId=1', 'limit=1001'])('are refused for the query %s', async (query) => {
    expect((await call('GET /v1/orders', { query })).status).toBe(400);
  });
});
