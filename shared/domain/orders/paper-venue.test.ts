import { describe, expect, it } from '@jest/globals';
import { decimal } from '../decimal.ts';
import { qualityOf } from '../market-data/quality-flags.ts';
import type { Trade } from '../market-data/trade.ts';
import {
  matchTrade,
  MAX_OPEN_ORDERS,
  openPaperVenue,
  passTime,
  takeOrder,
  withdrawOrder,
  type PaperVenue,
  type VenueReport,
} from './paper-venue.ts';
import type { Order } from './order.ts';

const INSTRUMENT = 'binance:BTC-USDT';

function order(n: number, over: Partial<Order> = {}): Order {
  return {
    clientOrderId: `order-${n}`,
    signalId: 'signal',
    accountId: 'paper',
    strategyId: 'strategy',
    instrumentId: INSTRUMENT,
    side: 'BUY',
    type: 'MARKET',
    quantity: '1',
    quoteQuantity: null,
    feeRate: '0',
    slippage: '0',
    effectiveTimeMs: 1000,
    expiresAtMs: 5000,
    ...over,
  };
}

function show(
  venue: PaperVenue,
  tradeId: number,
  timeMs: number,
  instrumentId = INSTRUMENT,
  fields: Partial<Trade> = {},
): VenueReport[] {
  const trade: Trade = {
    instrumentId,
    tradeId,
    timeMs,
    price: decimal('10'),
    quantity: decimal('1'),
    takerSide: 'BUY',
    ...fields,
  };
  const reports: VenueReport[] = [];
  matchTrade(venue, trade, reports);
  return reports;
}

describe('the paper venue', () => {
  it('fills at the first trade at or after the effective time', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    expect(show(venue, 1, 999)).toEqual([]);
    expect(show(venue, 2, 1000)).toMatchObject([{ kind: 'filled', fill: { tradeId: '2', timeMs: 1000 } }]);
    expect(show(venue, 3, 1001)).toEqual([]);
  });

  it('takes an order once, however often it comes', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    takeOrder(venue, order(1));
    expect(show(venue, 1, 2000)).toHaveLength(1);
    takeOrder(venue, order(1));
    expect(show(venue, 2, 2001)).toEqual([]);
  });

  it('fills nothing at a trade that was printed before the order came, repeated or late', () => {
    const venue = openPaperVenue();
    show(venue, 5, 2000);
    takeOrder(venue, order(1));
    expect(show(venue, 5, 2000)).toEqual([]);
    expect(show(venue, 4, 2000)).toEqual([]);
    expect(show(venue, 6, 2000)).toHaveLength(1);
  });

  it('meets no order with history, though its ids are greater, and goes on where ids begin anew', () => {
    const venue = openPaperVenue();
    show(venue, 5, 2000);
    takeOrder(venue, order(1));
    expect(show(venue, 900, 1500)).toEqual([]);
    expect(show(venue, 0, 2100)).toMatchObject([{ kind: 'filled', fill: { tradeId: '0' } }]);
    takeOrder(venue, order(2));
    expect(show(venue, 6, 2050)).toEqual([]);
    expect(show(venue, 1, 2200)).toHaveLength(1);
  });

  it('neither fills nor expires an order by a trade that is ahead of the time', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    const ahead = { quality: qualityOf('future-time') };
    expect(show(venue, 1, 4000, INSTRUMENT, ahead)).toEqual([]);
    expect(show(venue, 2, 99_000, INSTRUMENT, ahead)).toEqual([]);
    expect(show(venue, 3, 2000)).toMatchObject([{ kind: 'filled', fill: { tradeId: '3' } }]);
  });

  it('lets an order expire at the first trade after its time', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    expect(show(venue, 1, 5001)).toMatchObject([{ kind: 'expired', timeMs: 5000 }]);
  });

  it('lets an order expire in a silent market: at the heartbeat behind the one that proves it', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    takeOrder(venue, order(2, { expiresAtMs: 5001 }));
    const reports: VenueReport[] = [];
    for (const watermarkMs of [4000, 5001, 5001]) passTime(venue, watermarkMs, reports);
    expect(reports).toEqual([]);
    passTime(venue, 5002, reports);
    expect(reports).toMatchObject([
      {
        kind: 'expired',
        order: { clientOrderId: 'order-1' },
        timeMs: 5000,
        reason: 'no trade before it expired',
      },
    ]);
    expect(show(venue, 1, 5001)).toMatchObject([{ kind: 'filled', fill: { clientOrderId: 'order-2' } }]);
  });

  it('fills an order no more that was withdrawn, and says so once', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    expect(withdrawOrder(venue, order(1), 'too late')).toMatchObject({
      kind: 'expired',
      reason: 'withdrawn: too late',
      timeMs: 5000,
    });
    expect(withdrawOrder(venue, order(1), 'too late')).toBeNull();
    expect(show(venue, 1, 2000)).toEqual([]);
  });

  it('refuses an order that comes after it was withdrawn, and leaves one that has filled', () => {
    const venue = openPaperVenue();
    expect(withdrawOrder(venue, order(1), 'too late')).toMatchObject({ kind: 'expired' });
    takeOrder(venue, order(1));
    expect(show(venue, 1, 2000)).toEqual([]);
    takeOrder(venue, order(2));
    expect(show(venue, 2, 2000)).toHaveLength(1);
    expect(withdrawOrder(venue, order(2), 'too late')).toBeNull();
  });

  it('forgets an order an hour after it could have filled, and fills it no more should it still come', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    expect(show(venue, 1, 1000)).toMatchObject([{ kind: 'filled' }]);
    passTime(venue, 5000 + 3_600_001, []);
    takeOrder(venue, order(2, { expiresAtMs: 5_000_000 }));
    expect(Object.keys(venue.recentOrders)).toEqual(['order-2']);
    takeOrder(venue, order(1));
    expect(show(venue, 2, 5000 + 3_600_002)).toMatchObject([
      { kind: 'filled', fill: { clientOrderId: 'order-2' } },
      { kind: 'expired', order: { clientOrderId: 'order-1' } },
    ]);
  });

  it('knows an order while it could fill, and a thousand of them at most', () => {
    const venue = openPaperVenue();
    for (let n = 0; n < 1200; n++) withdrawOrder(venue, order(n), 'gone');
    const known = Object.keys(venue.recentOrders);
    expect([known.length, known[0], known.at(-1)]).toEqual([1000, 'order-200', 'order-1199']);
  });

  it('keeps instruments of a lane apart', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    expect(show(venue, 1, 2000, 'binance:ETH-USDT')).toEqual([]);
    expect(show(venue, 1, 2000)).toHaveLength(1);
  });

  it('rejects an order past its bound', () => {
    const venue = openPaperVenue();
    for (let n = 0; n < MAX_OPEN_ORDERS; n++) expect(takeOrder(venue, order(n))).toBeNull();
    expect(takeOrder(venue, order(-1))).toMatchObject({
      kind: 'rejected',
      reason: `over ${MAX_OPEN_ORDERS} open orders`,
    });
  });
});
