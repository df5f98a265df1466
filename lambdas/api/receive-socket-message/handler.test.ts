import { beforeEach, describe, expect, it } from '@jest/globals';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { RecordingPusher } from '../../../test/support/recording-pusher.ts';
import { socketClient } from '../../../test/support/socket-client.ts';
import { channelPartition } from '../../../shared/contracts/record-keys.ts';
import { socketAnswer } from '../../../shared/contracts/socket-messages.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { subscribersOf } from '../../../shared/runtime/socket-connections.ts';
import { admitConnection, issueTicket } from '../../../shared/runtime/socket-tickets.ts';
import { createHandler as createCloseHandler } from '../close-socket/handler.ts';
import { createHandler } from './handler.ts';

let state: StateStore;
let push: RecordingPusher;
beforeEach(async () => {
  state = openMemoryState();
  push = new RecordingPusher();
  await connect('c1');
});

async function connect(connectionId: string): Promise<void> {
  const { ticket } = await issueTicket(state, { subject: 'alice', role: 'viewer' }, 0);
  await admitConnection(state, connectionId, ticket, 1);
}

/** Sends a text and gives the answer that was pushed. */
async function send(text: string, connectionId = 'c1'): Promise<unknown> {
  await socketClient(createHandler({ state, push }))(connectionId, { body: text });
  return socketAnswer.parse(push.to(connectionId).at(-1));
}
const ask = async (action: string, ...channels: string[]) => send(JSON.stringify({ action, channels }));
const manyChannels = (count: number, exchange = 'test') =>
  Array.from({ length: count }, (_, i) => `prices:${exchange}:T${i}-USDT`);

describe('a WebSocket client', () => {
  it('subscribes, and is told of every channel that is in force', async () => {
    expect(await ask('subscribe', 'orders')).toEqual({ type: 'subscribed', channels: ['orders'] });
    expect(await ask('subscribe', 'candles:binance:BTC-USDT:1m', 'orders')).toEqual({
      type: 'subscribed',
      channels: ['candles:binance:BTC-USDT:1m', 'orders'],
    });
    expect(await subscribersOf(state, 'orders')).toEqual(['c1']);
  });

  it('unsubscribes, also from what it never heard', async () => {
    await ask('subscribe', 'orders', 'portfolio');
    expect(await ask('unsubscribe', 'orders', 'prices:binance:BTC-USDT')).toEqual({
      type: 'subscribed',
      channels: ['portfolio'],
    });
    expect(await subscribersOf(state, 'orders')).toEqual([]);
  });

  it('may hear a hundred channels, and not one more', async () => {
    expect(await ask('subscribe', ...manyChannels(100))).toMatchObject({ type: 'subscribed' });
    expect(await ask('subscribe', 'orders')).toEqual({
      type: 'error',
      detail: 'channels: expected at most 100 on one connection',
    });
    expect(await ask('subscribe', ...manyChannels(3))).toMatchObject({ type: 'subscribed' });
    expect(await ask('unsubscribe', ...manyChannels(100))).toEqual({ type: 'subscribed', channels: [] });
    expect(await subscribersOf(state, 'prices:test:T99-USDT')).toEqual([]);
  });

  it('cannot pass the limit by asking many times at once', async () => {
    await Promise.all([
      ask('subscribe', ...manyChannels(60, 'one')),
      ask('subscribe', ...manyChannels(60, 'two')),
    ]);
    const answers = push.to('c1') as { type: string }[];
    expect(answers.map(({ type }) => type).sort()).toEqual(['error', 'subscribed']);
  });

  it.each([
    ['not json', /message: expected JSON/],
    ['[]', /message: expected object/],
    [
      '{"action":"subscribe","channels":["nonsense"]}',
      /message\.channels\.0: expected prices:<instrumentId>/,
    ],
    ['{"action":"publish","channels":["orders"]}', /message\.action/],
    ['{"action":"subscribe","channels":["orders"],"as":"bob"}', /unknown field "as"/],
    ['', /message: expected JSON/],
  ])('is told what is wrong with %j', async (text, detail) => {
    expect(await send(text)).toEqual({ type: 'error', detail: expect.stringMatching(detail) });
  });

  it('that is not known is told to connect again, and leaves nothing behind', async () => {
    expect(await send('{"action":"subscribe","channels":["orders"]}', 'stranger')).toMatchObject({
      type: 'error',
    });
    expect(await subscribersOf(state, 'orders')).toEqual([]);
  });

  it('that has gone is forgotten', async () => {
    await ask('subscribe', 'orders');
    push = new RecordingPusher(async () => 'gone');
    await socketClient(createHandler({ state, push }))('c1', { body: '{}' });
    expect(await subscribersOf(state, 'orders')).toEqual([]);
  });
});

describe('closing a socket', () => {
  it('removes its connection and every subscription, and nobody else’s', async () => {
    await connect('c2');
    await ask('subscribe', 'orders', ...manyChannels(99));
    await send('{"action":"subscribe","channels":["orders"]}', 'c2');

    const close = socketClient(createCloseHandler({ state }));
    expect(await close('c1')).toEqual({ statusCode: 200 });
    expect(await close('c1')).toEqual({ statusCode: 200 });

    expect((await state.query('realtime', 'CONNECTION#c1', '', { limit: 10 })).items).toEqual([]);
    expect(await subscribersOf(state, 'orders')).toEqual(['c2']);
    expect(
      (await state.queryIndex('realtime', channelPartition('prices:test:T5-USDT'), { limit: 10 })).items,
    ).toEqual([]);
  });
});
