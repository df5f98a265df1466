import { beforeEach, describe, expect, it } from '@jest/globals';
import { decimal } from '../../../shared/domain/decimal.ts';
import { qualityOf } from '../../../shared/domain/market-data/quality-flags.ts';
import type { StoredLevels, StoredQuote } from '../../../shared/ports/quote-store.ts';
import { MemoryCandleStore } from '../../../shared/adapters/memory/memory-candle-store.ts';
import { MemoryQualityStore } from '../../../shared/adapters/memory/memory-quality-store.ts';
import { MemoryQuoteStore } from '../../../shared/adapters/memory/memory-quote-store.ts';
import { MemoryTradeStore } from '../../../shared/adapters/memory/memory-trade-store.ts';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import { createHandler } from './handler.ts';

const START_MS = 1_723_161_600_000;
const path = { pair: 'BTC-USD' };
const level = (price: string, quantity: string) => ({ price: decimal(price), quantity: decimal(quantity) });

const quote = (ms: number, quality = 0): StoredQuote => ({
  instrumentId: 'kraken:BTC-USD',
  timeMs: START_MS + ms,
  receivedAtMs: START_MS + ms + 40,
  quality,
  bid: level('100', '3'),
  ask: level('101', '1'),
});
const levels = (ms: number): StoredLevels => {
  const { bid, ask, ...moment } = quote(ms);
  const depths = [{ bps: 5, bidQuantity: decimal('3'), askQuantity: null }];
  return { ...moment, bids: [bid!, level('99', '1')], asks: [ask!], depths };
};

let quotes: MemoryQuoteStore;
let call: ReturnType<typeof restClient>;
beforeEach(async () => {
  quotes = new MemoryQuoteStore();
  call = restClient(
    createHandler({
      trades: new MemoryTradeStore(),
      candles: new MemoryCandleStore(),
      quotes,
      quality: new MemoryQualityStore(),
      state: openMemoryState(),
    }),
  );
  await quotes.insertQuotes([quote(0), quote(100), quote(250, qualityOf('gap')), quote(300)]);
  await quotes.insertLevels([levels(0), levels(1000)]);
});

const timesOf = ({ body }: { body: unknown }): number[] =>
  (body as { items: { timeMs: number }[] }).items.map(({ timeMs }) => timeMs - START_MS);

describe('quotes over REST', () => {
  it('come newest first, with what they say beside their prices and what is said against them', async () => {
    const answer = await call('GET /v1/quotes/{pair}', {
      path,
      query: { exchange: 'kraken', to: `${START_MS + 300}` },
    });
    expect(timesOf(answer)).toEqual([250, 100, 0]);
    expect((answer.body as { items: unknown[] }).items[0]).toEqual({
      instrumentId: 'kraken:BTC-USD',
      timeMs: START_MS + 250,
      flags: ['gap'],
      bid: '100',
      bidQuantity: '3',
      ask: '101',
      askQuantity: '1',
      spread: '1',
      mid: '100.5',
      microprice: '100.75',
      imbalance: 0.5,
    });
  });

  it('come in pages, each of which begins where the one before has ended', async () => {
    const seen: number[] = [];
    let after: string | null = null;
    do {
      const query: Record<string, string> = { exchange: 'kraken', limit: '3' };
      if (after !== null) query['after'] = after;
      const answer = await call('GET /v1/quotes/{pair}', { path, query });
      seen.push(...timesOf(answer));
      after = (answer.body as { next: string | null }).next;
    } while (after !== null);
    expect(seen).toEqual([300, 250, 100, 0]);
  });

  it('are none of a range in which there were none, and unknown where there never was one', async () => {
    const query = { exchange: 'kraken', from: `${START_MS + 1}`, to: `${START_MS + 2}` };
    expect((await call('GET /v1/quotes/{pair}', { path, query })).body).toEqual({ items: [], next: null });
    expect((await call('GET /v1/quotes/{pair}', { path, query: { exchange: 'binance' } })).status).toBe(404);
  });

  it.each(['x', '1-2', '999999999999999-1-1', '1-1-4294967296'])(
    'refuse a page that nobody gave out: %s',
    async (after) => {
      const query = { exchange: 'kraken', after };
      expect((await call('GET /v1/quotes/{pair}', { path, query })).status).toBe(400);
    },
  );
});

describe('books over REST', () => {
  it('are the newest one, unless more are asked for, with as many levels as are asked for', async () => {
    const answer = await call('GET /v1/books/{pair}', { path, query: { exchange: 'kraken', levels: '1' } });
    expect(timesOf(answer)).toEqual([1000]);
    expect((answer.body as { items: unknown[] }).items[0]).toMatchObject({
      bids: [['100', '3']],
      asks: [['101', '1']],
      depth: [{ bps: 5, bidQuantity: '3', askQuantity: null }],
      mid: '100.5',
      flags: [],
    });
    const both = await call('GET /v1/books/{pair}', { path, query: { exchange: 'kraken', limit: '9' } });
    expect(timesOf(both)).toEqual([1000, 0]);
  });
});
