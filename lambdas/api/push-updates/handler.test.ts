import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { aFill, anOrder } from '../../../test/support/order.ts';
import { RecordingPusher } from '../../../test/support/recording-pusher.ts';
import { storedCandle } from '../../../test/support/stored-candle.ts';
import type { BookView, QuoteView } from '../../../shared/contracts/book-views.ts';
import type { DetailType, EventDetail } from '../../../shared/contracts/events.ts';
import { candleViewOf } from '../../../shared/contracts/lane-candles.ts';
import { channelMessage, type SocketRequest } from '../../../shared/contracts/socket-messages.ts';
import { qualityEvent } from '../../../shared/domain/market-data/quality-event.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { changeSubscriptions, subscribersOf } from '../../../shared/runtime/socket-connections.ts';
import { admitConnection, issueTicket } from '../../../shared/runtime/socket-tickets.ts';
import type { PushedEvent } from './channel-messages.ts';
import { createHandler } from './handler.ts';

let state: StateStore;
let nowMs: number;
beforeEach(() => {
  state = openMemoryState();
  nowMs = 1_000_000;
});

async function listen(connectionId: string, ...channels: string[]): Promise<void> {
  const { ticket } = await issueTicket(state, { subject: 'alice', role: 'viewer' }, 0);
  await admitConnection(state, connectionId, ticket, 1);
  const request: SocketRequest = { action: 'subscribe', channels };
  await changeSubscriptions(state, connectionId, request);
}

function pushing(push: RecordingPusher) {
  const handler = createHandler({ state, push }, () => nowMs);
  return async <T extends DetailType>(detailType: T, detail: EventDetail<T>): Promise<void> =>
    handler({ 'detail-type': detailType, detail } as unknown as PushedEvent, {
      awsRequestId: randomUUID(),
      getRemainingTimeInMillis: () => 5000,
    });
}

const closed = (openTimeMs: number, price: string, fields: Parameters<typeof storedCandle>[2] = {}) => ({
  ...candleViewOf(storedCandle(openTimeMs, price, fields)),
  previousOpenTimeMs: null,
});

describe('updates', () => {
  it('reach those who listen to their channel, and nobody else', async () => {
    const push = new RecordingPusher();
    await listen('c1', 'orders');
    await listen('c2', 'portfolio', 'orders');
    await listen('c3', 'portfolio');
    const order = anOrder(1);

    await pushing(push)('OrderChangedV1', { order });

    expect(push.to('c1')).toEqual([{ channel: 'orders', type: 'order', data: order }]);
    expect(push.to('c2')).toHaveLength(1);
    expect(push.to('c3')).toEqual([]);
  });

  it('of an account that is not the first come to who names it, and to nobody else', async () => {
    const push = new RecordingPusher();
    await listen('c1', 'orders');
    await listen('c2', 'orders:other');
    const order = anOrder(1, { accountId: 'other' });
    await pushing(push)('OrderChangedV1', { order });
    expect(push.to('c1')).toEqual([]);
    expect(push.to('c2')).toEqual([{ channel: 'orders:other', type: 'order', data: order }]);
  });

  it('of quality come to who listens to the log, and to who looks at the instrument', async () => {
    const push = new RecordingPusher();
    await listen('all', 'quality');
    await listen('one', 'quality:binance:BTC-USDT');
    await listen('other', 'quality:binance:ETH-USDT');
    const event = qualityEvent({
      ...{ instrumentId: 'binance:BTC-USDT', flag: 'spike', subject: 'trade' },
      ...{ atMs: 1000, toMs: 2000, what: 'trade 7 at 5' },
    });
    await pushing(push)('QualityNotedV1', { events: [event] });
    expect(push.to('all')).toEqual([{ channel: 'quality', type: 'quality', data: event }]);
    expect(push.to('one')).toEqual([{ channel: 'quality:binance:BTC-USDT', type: 'quality', data: event }]);
    expect(push.to('other')).toEqual([]);
    for (const message of push.to('all')) expect(channelMessage.safeParse(message).success).toBe(true);
  });

  it('of the portfolio carry the fill and the position that it made', async () => {
    const push = new RecordingPusher();
    await listen('c1', 'portfolio');
    const fill = aFill(1);
    const position = {
      accountId: 'paper',
      strategyId: fill.strategyId,
      instrumentId: fill.instrumentId,
      quantity: '1',
      cash: '0',
      cost: '100.1',
      realizedProfit: '0',
      feesPaid: '0.1',
      fills: 1,
      entryTimeMs: 1000,
      entryPrice: '100',
    };
    await pushing(push)('PortfolioChangedV1', { fill, position });
    expect(push.to('c1')).toEqual([{ channel: 'portfolio', type: 'portfolio', data: { fill, position } }]);
  });

  it('of candles come as REST shows them, each to its instrument and interval', async () => {
    const push = new RecordingPusher();
    await listen('c1', 'candles:binance:BTC-USDT:1m');
    const minute = closed(60_000, '7', { interval: '1m' });
    const candles = [
      closed(60_000, '5'),
      minute,
      closed(60_000, '9', { interval: '1m', instrumentId: 'binance:ETH-USDT' }),
    ];
    await pushing(push)('CandlesClosedV1', { candles });
    const { previousOpenTimeMs: _, ...view } = minute;
    expect(push.to('c1')).toEqual([{ channel: 'candles:binance:BTC-USDT:1m', type: 'candle', data: view }]);
    for (const message of push.to('c1')) expect(channelMessage.safeParse(message).success).toBe(true);
  });

  it('keep their order on each connection', async () => {
    const push = new RecordingPusher();
    await listen('c1', 'candles:binance:BTC-USDT:1s');
    await pushing(push)('CandlesClosedV1', {
      candles: [closed(1000, '1'), closed(2000, '2'), closed(3000, '3')],
    });
    expect(push.to('c1').map((message) => (message as { data: { close: string } }).data.close)).toEqual([
      '1',
      '2',
      '3',
    ]);
  });
});

describe('quotes and levels of books', () => {
  const said = { spread: '1', mid: '1.5', microprice: '1.5', imbalance: 0 };
  const quote = (timeMs: number, flags: QuoteView['flags'] = []): QuoteView => {
    const sides = { bid: '1', bidQuantity: '1', ask: '2', askQuantity: '1' };
    return { instrumentId: 'binance:BTC-USDT', timeMs, flags, ...said, ...sides };
  };
  const book = (timeMs: number): BookView => {
    const levels = { bids: [['1', '1']] as [string, string][], asks: [['2', '1']] as [string, string][] };
    return { instrumentId: 'binance:BTC-USDT', timeMs, flags: [], ...said, ...levels, depth: [] };
  };

  it('go out at most once a second on their channel, each on its own', async () => {
    const push = new RecordingPusher();
    await listen('c1', 'quotes:binance:BTC-USDT', 'books:binance:BTC-USDT');
    const send = pushing(push);
    await send('QuotesChangedV1', { quotes: [quote(1000)], books: [book(1000)] });
    nowMs += 999;
    await send('QuotesChangedV1', { quotes: [quote(1999)], books: [book(1999)] });
    nowMs += 1;
    await send('QuotesChangedV1', { quotes: [quote(2000)], books: [] });
    expect(push.to('c1')).toEqual([
      { channel: 'quotes:binance:BTC-USDT', type: 'quote', data: quote(1000) },
      { channel: 'books:binance:BTC-USDT', type: 'book', data: book(1000) },
      { channel: 'quotes:binance:BTC-USDT', type: 'quote', data: quote(2000) },
    ]);
    for (const message of push.to('c1')) expect(channelMessage.safeParse(message).success).toBe(true);
  });

  it('go out at once where there is a doubt about them, since nothing may follow for long', async () => {
    const push = new RecordingPusher();
    await listen('c1', 'quotes:binance:BTC-USDT');
    const send = pushing(push);
    await send('QuotesChangedV1', { quotes: [quote(1000)], books: [] });
    await send('QuotesChangedV1', { quotes: [quote(1050, ['gap'])], books: [] });
    expect(push.to('c1')).toMatchObject([{ data: { timeMs: 1000 } }, { data: { flags: ['gap'] } }]);
  });
});

describe('prices', () => {
  it('are the latest 1s close of an event, at most one a second', async () => {
    const push = new RecordingPusher();
    await listen('c1', 'prices:binance:BTC-USDT', 'prices:binance:ETH-USDT');
    const send = pushing(push);
    await send('CandlesClosedV1', {
      candles: [closed(1000, '1'), closed(2000, '2'), closed(0, '9', { interval: '1m' })],
    });
    nowMs += 999;
    await send('CandlesClosedV1', {
      candles: [closed(3000, '3'), closed(3000, '33', { instrumentId: 'binance:ETH-USDT' })],
    });
    nowMs += 1;
    await send('CandlesClosedV1', { candles: [closed(4000, '4')] });
    expect(push.to('c1').map((message) => (message as { data: object }).data)).toEqual([
      { instrumentId: 'binance:BTC-USDT', price: '2', timeMs: 3000 },
      { instrumentId: 'binance:ETH-USDT', price: '33', timeMs: 4000 },
      { instrumentId: 'binance:BTC-USDT', price: '4', timeMs: 5000 },
    ]);
  });
});

describe('a client', () => {
  it('that has gone is forgotten, and the others hear', async () => {
    const push = new RecordingPusher(async (id) => (id === 'c1' ? 'gone' : 'delivered'));
    await listen('c1', 'orders', 'portfolio');
    await listen('c2', 'orders');
    await pushing(push)('OrderChangedV1', { order: anOrder(1) });
    expect(push.to('c2')).toHaveLength(1);
    expect(await subscribersOf(state, 'orders')).toEqual(['c2']);
    expect(await subscribersOf(state, 'portfolio')).toEqual([]);
  });

  it('that fails does not keep the others from hearing, and stays', async () => {
    const push = new RecordingPusher(async (id) =>
      id === 'c1' ? Promise.reject(new Error('broken')) : 'delivered',
    );
    await listen('c1', 'orders');
    await listen('c2', 'orders');
    await pushing(push)('OrderChangedV1', { order: anOrder(1) });
    expect(push.to('c2')).toHaveLength(1);
    expect(await subscribersOf(state, 'orders')).toEqual(['c1', 'c2']);
  });

  it('that is slow is left behind after a second, and the others hear at once', async () => {
    let heardAfterMs = Infinity;
    const startedAt = performance.now();
    const push = new RecordingPusher(async (id) => {
      if (id === 'c1') await wait(5000, undefined, { ref: false });
      else heardAfterMs = performance.now() - startedAt;
      return 'delivered';
    });
    await listen('c1', 'orders');
    await listen('c2', 'orders');
    await pushing(push)('OrderChangedV1', { order: anOrder(1) });
    expect(heardAfterMs).toBeLessThan(500);
    expect(performance.now() - startedAt).toBeLessThan(2500);
  });

  it('is never sent more than a frame may hold', async () => {
    const push = new RecordingPusher();
    await listen('c1', 'orders');
    await pushing(push)('OrderChangedV1', { order: anOrder(1, { statusReason: 'x'.repeat(128 * 1024) }) });
    expect(push.to('c1')).toEqual([]);
  });
});

describe('an event that is none of ours', () => {
  it('fails, so that it is retried and seen', async () => {
    await expect(pushing(new RecordingPusher())('OrderChangedV1', {} as never)).rejects.toThrow();
  });
});
