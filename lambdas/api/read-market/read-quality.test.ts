import { beforeEach, describe, expect, it } from '@jest/globals';
import { qualityEvent, type QualityEvent } from '../../../shared/domain/market-data/quality-event.ts';
import { MemoryCandleStore } from '../../../shared/adapters/memory/memory-candle-store.ts';
import { MemoryQualityStore } from '../../../shared/adapters/memory/memory-quality-store.ts';
import { MemoryQuoteStore } from '../../../shared/adapters/memory/memory-quote-store.ts';
import { MemoryTradeStore } from '../../../shared/adapters/memory/memory-trade-store.ts';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import { createHandler } from './handler.ts';

const START_MS = 1_723_161_600_000;
const event = (instrumentId: string, second: number, flag: QualityEvent['flag']): QualityEvent => {
  const atMs = START_MS + 1000 * second;
  return qualityEvent({ instrumentId, flag, subject: 'trade', atMs, toMs: atMs + 1000, what: 'seen' });
};
const EVENTS = [
  event('binance:BTC-USDT', 0, 'spike'),
  event('binance:BTC-USDT', 1, 'gap'),
  event('kraken:BTC-USD', 2, 'spike'),
];

let call: ReturnType<typeof restClient>;
beforeEach(async () => {
  const quality = new MemoryQualityStore();
  await quality.insert(EVENTS);
  call = restClient(
    createHandler({
      trades: new MemoryTradeStore(),
      candles: new MemoryCandleStore(),
      quotes: new MemoryQuoteStore(),
      quality,
      state: openMemoryState(),
    }),
  );
});
const asked = async (query: Record<string, string>) => call('GET /v1/quality', { query });
const seconds = async (query: Record<string, string>) => {
  const { status, body } = await asked(query);
  expect(status).toBe(200);
  return (body as { items: QualityEvent[] }).items.map(({ atMs }) => (atMs - START_MS) / 1000);
};

describe('the log of quality', () => {
  it('is shown newest first, by venue, instrument, flag and time', async () => {
    expect(await seconds({})).toEqual([2, 1, 0]);
    expect(await seconds({ venue: 'binance' })).toEqual([1, 0]);
    expect(await seconds({ instrument: 'kraken:BTC-USD' })).toEqual([2]);
    expect(await seconds({ flag: 'spike' })).toEqual([2, 0]);
    expect(await seconds({ from: String(START_MS + 1000), to: String(START_MS + 2000) })).toEqual([1]);
    expect(await seconds({ instrument: 'kraken:ETH-USD' })).toEqual([]);
  });

  it('comes in pages', async () => {
    const first = (await asked({ limit: '2' })).body as { items: QualityEvent[]; next: string };
    expect(first.items).toEqual([EVENTS[2], EVENTS[1]]);
    expect((await asked({ limit: '2', after: first.next })).body).toEqual({ items: [EVENTS[0]], next: null });
  });

  it('begins with the newest behind a time that no market has come to yet', async () => {
    const after = `999999999999999-${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`;
    expect((await asked({ limit: '1', after })).body).toMatchObject({ items: [EVENTS[2]] });
  });

  it.each([
    [{ flag: 'odd' }, /flag/],
    [{ venue: 'nowhere' }, /unknown exchange/],
    [{ instrument: 'btc' }, /expected exchange:BASE-QUOTE/],
    [{ from: '5', to: '5' }, /expected a time before/],
    [{ after: 'elsewhere' }, /`next` of a page/],
  ])('refuses %j', async (query, said) => {
    const { status, problem } = await asked(query);
    expect(status).toBe(400);
    expect(problem.detail).toMatch(said);
  });
});
