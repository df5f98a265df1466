import { describe, expect, it } from '@jest/globals';
import { anOrder } from '../../test/support/order.ts';
import { askedOf } from '../domain/orders/order-progress.ts';
import type { VenueCommand } from '../domain/orders/written-command.ts';
import { commandOf, commandRecord } from './lane-commands.ts';
import { parseLaneRecord } from './stream-records.ts';

const LANE = 'binance#0';
const ANOTHER = '00000000-0000-4000-8000-000000000000';
const order = askedOf(anOrder(1));
const { clientOrderId, accountId, strategyId, instrumentId } = order;
const identity = { clientOrderId, accountId, strategyId, instrumentId };
const exit = {
  ...askedOf(anOrder(2, { side: 'SELL', type: 'STOP', quantity: '1', quoteQuantity: null, stopPrice: '90' })),
  siblings: { groupId: clientOrderId, rule: 'reduce' },
  parentId: clientOrderId,
  isHeld: true,
} as const;

/** As it comes out of the lane that it was put into. */
function sent(command: VenueCommand): unknown {
  const record = parseLaneRecord(JSON.stringify(commandRecord(LANE, command)));
  if (record.kind === 'trades' || record.kind === 'unreadable') return record;
  return commandOf(record);
}

describe('a command in a lane', () => {
  it.each<VenueCommand>([
    { kind: 'submit', orders: [order] },
    { kind: 'submit', orders: [order, exit] },
    { kind: 'cancel', order: identity },
    { kind: 'replace', order: identity, change: { quantity: '2', price: '99' } },
    { kind: 'withdraw', order, reason: 'the kill switch is engaged' },
  ])('is read as it was sent: $kind', (command) => {
    expect(sent(command)).toEqual(command);
  });

  it('has the record that it had before, where an order stands alone', () => {
    expect(commandRecord(LANE, { kind: 'submit', orders: [order] })).toEqual({
      v: 1,
      kind: 'order',
      lane: LANE,
      order,
    });
    expect(commandRecord(LANE, { kind: 'submit', orders: [exit] })).toMatchObject({ kind: 'orders' });
  });

  it.each<[string, VenueCommand, RegExp]>([
    ['without an order', { kind: 'submit', orders: [] }, /orders/],
    ['twice of one id', { kind: 'submit', orders: [order, { ...exit, clientOrderId }] }, /ids of their own/],
    [
      'of two strategies',
      { kind: 'submit', orders: [order, { ...exit, strategyId: ANOTHER }] },
      /one strategy and instrument/,
    ],
    [
      'held without its entry',
      { kind: 'submit', orders: [{ ...exit, parentId: undefined }] },
      /needs its parentId/,
    ],
    ['that changes nothing', { kind: 'replace', order: identity, change: {} }, /expected a change/],
    ['of a price that is none', { kind: 'replace', order: identity, change: { price: '-1' } }, /price/],
  ])('is unreadable %s', (_, command, cause) => {
    expect(sent(command)).toMatchObject({ kind: 'unreadable', cause: expect.stringMatching(cause) });
  });
});
