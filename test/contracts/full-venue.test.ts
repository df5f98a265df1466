/** The paper venue of a lane at all of its bounds is still one item of its table. */
import { expect, it } from '@jest/globals';
import { refuseBadItem } from '../../shared/adapters/aws/state-item.ts';
import { venueKey } from '../../shared/contracts/record-keys.ts';
import { storedRecords } from '../../shared/contracts/stored-records.ts';
import { plainAccount } from '../../shared/domain/accounts/account.ts';
import { writePaperModel } from '../../shared/domain/accounts/written-paper-model.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import { deterministicId } from '../../shared/domain/ids.ts';
import { askedOf } from '../../shared/domain/orders/order-progress.ts';
import { openPaperVenue } from '../../shared/domain/orders/paper-venue.ts';
import { takeCommand } from '../../shared/domain/orders/venue-commands.ts';
import { MAX_WORKING_ORDERS } from '../../shared/domain/orders/venue-orders.ts';
import { writeVenue } from '../../shared/domain/orders/written-venue.ts';
import { anOrder } from '../support/order.ts';

const { paper } = plainAccount('paper');
const LONG = '12345678.123456789012';
const ACCOUNTS = 50;
const POSITIONS = 500;
const RECENT = 1000;

it('holds as many orders as it may, the longest that there are', () => {
  const venue = openPaperVenue();
  const accountOf = (n: number): string => `an-account-with-a-name-of-40-letters-${100 + (n % ACCOUNTS)}`;
  for (let n = 0; n < MAX_WORKING_ORDERS / 2; n++) {
    const strategyId = deterministicId('strategy', n);
    const instrumentId = `binance:LONGBASE${n % 20}-LONGQUOTE`;
    const model = writePaperModel({ ...paper, makerFee: decimal(`0.000${100 + (n % ACCOUNTS)}`) });
    const shared = { accountId: accountOf(n), strategyId, instrumentId, paper: model, expiresAtMs: 1e13 };
    const entry = askedOf(
      anOrder(n, { ...shared, type: 'LIMIT', quantity: LONG, quoteQuantity: null, price: LONG }),
    );
    const exit = askedOf(
      anOrder(n + MAX_WORKING_ORDERS, {
        ...shared,
        side: 'SELL',
        type: 'TRAILING_STOP',
        quantity: LONG,
        quoteQuantity: null,
        trail: { by: 'amount', value: LONG },
        activationPrice: LONG,
        reduceOnly: true,
      }),
    );
    const distance = { by: 'amount', value: LONG } as const;
    const links = {
      siblings: { groupId: entry.clientOrderId, rule: 'reduce' },
      parentId: entry.clientOrderId,
      isHeld: true,
      ofEntry: { stopPrice: distance, price: distance, activationPrice: distance },
    } as const;
    takeCommand(venue, { kind: 'submit', orders: [entry, { ...exit, ...links }] }, []);
  }
  for (let n = 0; n < POSITIONS; n++)
    venue.positions.set(
      `${accountOf(n)}/${deterministicId('strategy', n)}/binance:LONGBASE1-LONGQUOTE`,
      decimal(LONG),
    );
  for (let n = 0; n < RECENT; n++) venue.recentOrders[deterministicId('ended', n)] = 1_767_571_200_000;
  expect(venue.papers.size).toBe(MAX_WORKING_ORDERS);
  const key = venueKey('binance#0');
  const value = storedRecords.stored('orders', key, {
    lastSequence: '9'.repeat(56),
    state: writeVenue(venue),
  });
  const bytes = refuseBadItem({ kind: 'put', table: 'orders', ...key, value, condition: { kind: 'none' } });
  expect(bytes).toBeGreaterThan(200 * 1024);
  expect(bytes).toBeLessThan(400 * 1024);
});
