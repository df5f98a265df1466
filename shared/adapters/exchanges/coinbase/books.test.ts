import { describe, expect, it } from '@jest/globals';
import { CoinbaseDecoder } from './decoder.ts';

const level = {
  side: 'bid',
  event_time: '2026-08-09T21:05:48.1Z',
  price_level: '65083.66',
  new_quantity: '0.5',
};
const update = {
  type: 'update',
  product_id: 'BTC-USD',
  updates: [level, { ...level, side: 'offer', new_quantity: '0' }],
};
const snapshot = { ...update, type: 'snapshot', updates: [level] };

function reader() {
  const readAt = timedReader();
  return (number: number, ...events: unknown[]) => readAt('48', number, ...events);
}

/** @param second in which the venue says that it sent the message */
function timedReader() {
  const decoder = new CoinbaseDecoder();
  return (second: string, number: number, ...events: unknown[]) => {
    const timestamp = `2026-08-09T21:05:${second}.483587501Z`;
    const message = JSON.stringify({ channel: 'l2_data', timestamp, sequence_num: number, events });
    return decoder
      .read({ kind: 'ws', url: 'wss://advanced-trade-ws.coinbase.com', message }, 0)
      .filter(({ kind }) => kind !== 'clock');
  };
}

const kinds = (events: readonly { readonly kind: string }[]): string[] => events.map(({ kind }) => kind);

describe('levels of Coinbase', () => {
  it('are a snapshot or the change of a book, several of them in one message', () => {
    const common = { instrumentId: 'coinbase:BTC-USD', checksum: null, depth: null };
    expect(reader()(0, snapshot, update)).toEqual([
      { kind: 'book-snapshot', ...common, updateId: null, bids: [['65083.66', '0.5']], asks: [] },
      {
        kind: 'book-delta',
        ...common,
        updateIds: null,
        bids: [['65083.66', '0.5']],
        asks: [['65083.66', '0']],
        venueTimeMs: 1_786_309_548_483,
      },
    ]);
  });

  it.each([
    { updates: 7 },
    { updates: [7] },
    { updates: [{ ...level, side: 'ask' }] },
    { updates: [{ ...level, new_quantity: true }] },
    { updates: [{ ...level, price_level: '1'.repeat(41) }] },
    { type: 'other' },
  ])('are a gap in the book where they cannot be read: %j', (change) => {
    expect(reader()(0, { ...update, ...change })).toEqual([
      { kind: 'book-gap', instrumentId: 'coinbase:BTC-USD', cause: expect.any(String) },
    ]);
  });

  it('of another market, or of none, belong to no book', () => {
    expect(kinds(reader()(0, { ...update, product_id: 'BTC-PERP-INTX' }))).toEqual(['set-aside']);
    expect(kinds(reader()(0, { ...update, product_id: 7 }))).toEqual(['malformed']);
    expect(kinds(reader()(0))).toEqual(['malformed']);
  });

  it('of a message that comes twice are not applied again, and nothing is missing', () => {
    const read = reader();
    expect(kinds(read(5, snapshot))).toEqual(['book-snapshot']);
    expect(kinds(read(6, update))).toEqual(['book-delta']);
    expect(read(6, update)).toEqual([{ kind: 'notice', what: 'past message' }]);
    expect(kinds(read(7, update))).toEqual(['book-delta']);
  });

  it('come after a gap where a number was left out; one that it overtook is no other gap, and its levels are old', () => {
    const read = reader();
    read(5, snapshot);
    expect(kinds(read(7, update))).toEqual(['sequence-gap', 'book-delta']);
    expect(read(6, update)).toEqual([{ kind: 'notice', what: 'past message' }]);
    expect(kinds(read(8, update))).toEqual(['book-delta']);
  });

  it('are none of before where the venue counts anew', () => {
    const read = reader();
    read(5, snapshot);
    expect(read(0, snapshot)).toMatchObject([
      { kind: 'book-gap', instrumentId: null },
      { kind: 'book-snapshot' },
    ]);
  });

  it('are none of before where numbers go back while time goes on, though no first message was recorded', () => {
    const read = timedReader();
    read('10', 100, snapshot);
    expect(read('11', 40, update)).toEqual([{ kind: 'notice', what: 'past message' }]);
    expect(read('12', 41, snapshot)).toMatchObject([
      { kind: 'book-gap', instrumentId: null },
      { kind: 'book-snapshot' },
    ]);
    expect(kinds(read('12', 42, update))).toEqual(['book-delta']);
  });

  it('are read from their digits where they were made numbers', () => {
    const decoder = new CoinbaseDecoder();
    const message =
      '{"channel":"l2_data","sequence_num":0,"events":[{"type":"snapshot","product_id":"BTC-USD","updates":[' +
      '{"side":"bid","price_level":65083.60,"new_quantity":"1"},{"side":"offer","price_level":"7","new_quantity":1e-07}]}]}';
    expect(
      decoder.read({ kind: 'ws', url: 'wss://advanced-trade-ws.coinbase.com', message }, 0),
    ).toMatchObject([{ bids: [['65083.60', '1']], asks: [['7', '0.0000001']] }]);
  });
});
