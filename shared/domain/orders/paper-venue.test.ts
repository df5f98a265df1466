import { describe, expect, it } from '@jest/globals';
import { decimal } from '../decimal.ts';
import { qualityOf } from '../market-data/quality-flags.ts';
import type { Trade } from '../market-data/trade.ts';
import { matchTrade, openPaperVenue, passTime as passTimeTelling, type PaperVenue } from './paper-venue.ts';
import type { Order } from './order.ts';
import { takeCommand } from './venue-commands.ts';
import { MAX_WORKING_ORDERS } from './venue-orders.ts';
import type { WrittenReport } from './written-report.ts';
import { findOrder as findWritten, writeVenue } from './written-venue.ts';

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
): WrittenReport[] {
  const trade: Trade = {
    instrumentId,
    tradeId,
    timeMs,
    price: decimal('10'),
    quantity: decimal('1'),
    takerSide: 'BUY',
    ...fields,
  };
  const reports: WrittenReport[] = [];
  matchTrade(venue, trade, reports);
  return reports;
}

function takeOrder(venue: PaperVenue, asked: Order): WrittenReport | null {
  const told: WrittenReport[] = [];
  takeCommand(venue, { kind: 'submit', orders: [asked] }, told);
  return told[0] ?? null;
}

function withdrawOrder(venue: PaperVenue, asked: Order, reason: string): WrittenReport | null {
  const told: WrittenReport[] = [];
  takeCommand(venue, { kind: 'withdraw', order: asked, reason }, told);
  return told[0] ?? null;
}

function passTime(venue: PaperVenue, watermarkMs: number): WrittenReport[] {
  const told: WrittenReport[] = [];
  passTimeTelling(venue, watermarkMs, told);
  return told;
}

const findOrder = (venue: PaperVenue, id: string) => findWritten(writeVenue(venue), id);

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

  it('fills no order by a trade that is ahead of the time', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    const ahead = { quality: qualityOf('future-time') };
    expect(show(venue, 1, 4000, INSTRUMENT, ahead)).toEqual([]);
    expect(show(venue, 2, 99_000, INSTRUMENT, ahead)).toEqual([]);
    expect(show(venue, 3, 2000)).toMatchObject([{ kind: 'filled', fill: { tradeId: '3' } }]);
  });

  it('keeps an order until its trade comes, however thin the market', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    for (const watermarkMs of [5001, 5000, 90_000_000]) passTime(venue, watermarkMs);
    expect(venue.watermarkMs).toBe(90_000_000);
    expect(show(venue, 1, 90_000_001)).toMatchObject([{ kind: 'filled', fill: { timeMs: 90_000_001 } }]);
  });

  it('takes no order that came too late', () => {
    const venue = openPaperVenue();
    passTime(venue, 5000);
    expect(takeOrder(venue, order(1))).toBeNull();
    passTime(venue, 5001);
    expect(takeOrder(venue, order(2))).toMatchObject({
      kind: 'expired',
      clientOrderId: 'order-2',
      number: 1,
      reason: 'it came too late: its venue may take it no more',
      timeMs: 5000,
    });
    expect(show(venue, 1, 5002)).toMatchObject([{ fill: { clientOrderId: 'order-1' } }]);
  });

  it('finds what waits, what has filled lately, and nothing else', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    expect(findOrder(venue, 'order-1')).toEqual({ isOpen: true });
    show(venue, 1, 2000);
    expect(findOrder(venue, 'order-1')).toEqual({ isOpen: false });
    expect(findOrder(venue, 'order-2')).toBeNull();
  });

  it('knows an order for as long as it waits, and an hour after its end', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    passTime(venue, 5000 + 3_600_001);
    const later = { expiresAtMs: 5_000_000 };
    expect(findOrder(venue, 'order-1')).toEqual({ isOpen: true });
    takeOrder(venue, order(1, later));
    expect(show(venue, 1, 4_000_000)).toHaveLength(1);
    takeOrder(venue, order(1, later));
    expect(show(venue, 2, 4_000_001)).toEqual([]);
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

  it('forgets an order an hour after it filled, and takes it no more should it still come', () => {
    const venue = openPaperVenue();
    takeOrder(venue, order(1));
    expect(show(venue, 1, 9000)).toMatchObject([{ kind: 'filled' }]);
    const gone = (n: number) => withdrawOrder(venue, order(n, { expiresAtMs: 5_000_000 }), 'gone');
    passTime(venue, 9000 + 3_600_000);
    gone(2);
    expect(Object.keys(venue.recentOrders)).toEqual(['order-1', 'order-2']);
    passTime(venue, 9000 + 3_600_001);
    gone(3);
    expect(Object.keys(venue.recentOrders)).toEqual(['order-2', 'order-3']);
    expect(takeOrder(venue, order(1))).toMatchObject({ kind: 'expired' });
  });

  it('knows an order while it could be taken, and a thousand of them at most', () => {
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
    for (let n = 0; n < MAX_WORKING_ORDERS; n++) expect(takeOrder(venue, order(n))).toBeNull();
    expect(takeOrder(venue, order(-1))).toMatchObject({
      kind: 'rejected',
      reason: `over ${MAX_WORKING_ORDERS} working orders`,
    });
  });
});
