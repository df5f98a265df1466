import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ReceivedTrade } from '../../../shared/contracts/lane-rows.ts';
import { barViewOf } from '../../../shared/contracts/bar-views.ts';
import { parseBarRule } from '../../../shared/domain/candles/bar-rule.ts';
import { decimal, formatDecimal } from '../../../shared/domain/decimal.ts';
import { barsPlainly } from '../../../test/support/bars-plainly.ts';
import { MemoryCandleStore } from '../../../shared/adapters/memory/memory-candle-store.ts';
import { MemoryQualityStore } from '../../../shared/adapters/memory/memory-quality-store.ts';
import { MemoryQuoteStore } from '../../../shared/adapters/memory/memory-quote-store.ts';
import { MemoryTradeStore } from '../../../shared/adapters/memory/memory-trade-store.ts';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import { storeLanes } from '../../../test/support/stored-lane.ts';
import { createHandler } from './handler.ts';

const BTC = 'binance:BTC-USDT';
const DAY = 86_400_000;
/** 2024-08-09T00:00:00Z. */
const START = 1_723_161_600_000;
const path = { pair: 'BTC-USDT' };

const trade = (tradeId: number, timeMs: number, price = '10', quantity = '1'): ReceivedTrade => ({
  instrumentId: BTC,
  tradeId,
  timeMs,
  price: decimal(price),
  quantity: decimal(quantity),
  takerSide: tradeId % 2 === 0 ? 'BUY' : 'SELL',
  receivedAtMs: timeMs,
});

function platform(trades = new MemoryTradeStore()) {
  const state = openMemoryState();
  const handler = createHandler({
    trades,
    candles: new MemoryCandleStore(),
    quotes: new MemoryQuoteStore(),
    quality: new MemoryQualityStore(),
    state,
  });
  return { trades, state, call: restClient(handler) };
}

let trades: MemoryTradeStore;
let state: ReturnType<typeof openMemoryState>;
let call: ReturnType<typeof restClient>;
beforeEach(() => {
  ({ trades, state, call } = platform());
});

const store = async (...tape: ReceivedTrade[]) => trades.insert(tape, { mayRepeat: false });
const get = async (query: Record<string, string>) =>
  (await call('GET /v1/bars/{pair}', { path, query })).body;
/** Seconds of a day, and the days themselves. */
const at = (day: number, second: number): number => START + day * DAY + second * 1000;

/** Every page, older ones before newer ones. */
async function pages(ask: typeof get, query: Record<string, string>) {
  const items: Awaited<ReturnType<typeof get>>['items'][number][] = [];
  let after: string | null = null;
  for (let page = 0; page < 300; page++) {
    const body: Awaited<ReturnType<typeof get>> = await ask(after === null ? query : { ...query, after });
    items.unshift(...body.items);
    after = body.next;
    if (after === null) return items;
  }
  throw new Error('the pages do not end');
}

describe('bars', () => {
  it('come oldest first, the one under way last, with all that they are made of', async () => {
    await store(trade(1, at(-1, 5)), trade(2, at(0, 1)), trade(3, at(0, 2), '12'), trade(4, at(0, 3)));
    const { items, next } = await get({ bars: 'tick:2', from: String(START) });
    expect(next).toBeNull();
    expect(items.map(({ number, closed }) => [number, closed])).toEqual([
      ['0', true],
      ['1', false],
    ]);
    expect(items[0]).toEqual({
      instrumentId: BTC,
      bars: 'tick:2',
      dayMs: START,
      number: '0',
      firstTimeMs: at(0, 1),
      lastTimeMs: at(0, 2),
      open: '10',
      high: '12',
      low: '10',
      close: '12',
      volume: '2',
      quoteVolume: '22',
      takerBuyVolume: '1',
      tradeCount: 2,
      firstTradeId: '2',
      lastTradeId: '3',
      closed: true,
      complete: true,
    });
  });

  it('are the newest up to the limit, and lead back to older ones, over days without trades', async () => {
    const tape = [0, 1, 2].flatMap((n) => [trade(2 * n + 1, at(3 * n, 7)), trade(2 * n + 2, at(3 * n, 8))]);
    await store(...tape);
    const first = await get({ bars: 'tick:1', limit: '3' });
    expect(first.items.map(({ firstTradeId }) => firstTradeId)).toEqual(['4', '5', '6']);
    const second = await get({ bars: 'tick:1', limit: '3', after: first.next! });
    expect(second.items.map(({ firstTradeId }) => firstTradeId)).toEqual(['1', '2', '3']);
    expect(second.next).toBeNull();
  });

  it('begin between from, which is included, and to, which is not', async () => {
    await store(...[0, 1, 2, 3, 4, 5].map((n) => trade(n, at(0, n * 20))));
    const { items } = await get({ bars: 'tick:2', from: String(at(0, 40)), to: String(at(0, 80)) });
    expect(items.map(({ firstTradeId, lastTradeId }) => [firstTradeId, lastTradeId])).toEqual([['2', '3']]);
    const none = await get({ bars: 'tick:2', from: String(at(0, 41)), to: String(at(0, 80)) });
    expect(none).toEqual({ items: [], next: null });
  });

  it('are whole although their end lies behind `to`', async () => {
    await store(...[0, 1, 2].map((n) => trade(n, at(0, n * 5000))));
    const { items } = await get({ bars: 'tick:3', to: String(at(0, 1)) });
    expect(items).toMatchObject([{ tradeCount: 3, closed: true }]);
  });

  it('of a thin market, of which none is full in its day, are over with the day', async () => {
    await store(trade(1, at(0, 1)), trade(2, at(1, 1)), trade(3, at(2, 1)));
    const closed = async () => (await get({ bars: 'volume:1000' })).items.map((bar) => bar.closed);
    expect(await closed()).toEqual([true, true, false]);
    await storeLanes(state, { [BTC]: [[at(3, 0), '10']] });
    expect(await closed()).toEqual([true, true, true]);
  });

  it('of a market that is asked for over many days come a month at a time', async () => {
    await store(...Array.from({ length: 40 }, (_, day) => trade(day, at(day, 1))));
    const first = await get({ bars: 'tick:5' });
    expect([first.items.length, first.next]).toEqual([31, `${at(9, 0)}-0`]);
    const second = await get({ bars: 'tick:5', after: first.next! });
    expect([second.items.length, second.next]).toEqual([9, null]);
  });

  it('leave none out where many begin in one millisecond', async () => {
    await store(...Array.from({ length: 25 }, (_, n) => trade(n, at(0, 1))));
    const items = await pages(get, { bars: 'tick:1', limit: '4' });
    expect(items.map(({ firstTradeId }) => Number(firstTradeId))).toEqual(
      Array.from({ length: 25 }, (_, n) => n),
    );
  });

  it('read one by one no more trades than lie where bars end', async () => {
    await store(...Array.from({ length: 5000 }, (_, n) => trade(n, at(0, n * 10))));
    const asked: number[] = [];
    const between = trades.between.bind(trades);
    trades.between = async (id, fromMs, toMs, limit) => {
      const found = await between(id, fromMs, toMs, Math.min(limit, 100));
      asked.push(found.length);
      return between(id, fromMs, toMs, limit);
    };
    await get({ bars: 'tick:2000', limit: '1' });
    expect(asked.length).toBeLessThan(6);
  });

  it('are all there where few of the numbers have one', async () => {
    const amounts = ['1', '1', '0.1', '0.1', '0.1', '100', '1', '0.5', '100', '1'];
    const seconds = [0, 20, 40, 41, 42, 60, 80, 100, 101, 102];
    await store(...amounts.map((amount, n) => trade(n, at(0, seconds[n]!), '10', amount)));
    for (const limit of ['1', '2', '3', '4', '9']) {
      const items = await pages(get, { bars: 'volume:1', limit });
      expect(items.map(({ number }) => number)).toEqual(['0', '1', '2', '102', '103', '203']);
    }
  });

  it('lead on from a moment with more trades than one answer reads', async () => {
    await store(
      ...[0, 1, 2].map((n) => trade(n, at(0, n))),
      ...Array.from({ length: 99_000 }, (_, n) => trade(3 + n, at(0, 10) + (n >> 4))),
    );
    const { items } = await get({ bars: 'tick:1', limit: '9', after: `${START}-4` });
    expect(items.map(({ number }) => number)).toEqual(['0', '1', '2', '3']);
  });

  it('look at no day before the range', async () => {
    await store(...[0, 1, 2].map((day) => trade(day, at(day, 1))));
    const days: number[] = [];
    const spans = trades.spans.bind(trades);
    trades.spans = async (id, fromMs, ...rest) => {
      days.push(fromMs);
      return spans(id, fromMs, ...rest);
    };
    const query = { bars: 'tick:1', from: String(at(1, 0)), to: String(at(2, 0)) };
    expect((await get(query)).items).toMatchObject([{ firstTradeId: '1' }]);
    expect(days).toEqual([at(1, 0)]);
  });

  it('are refused of a day with more trades than one request may read', async () => {
    ({ trades, call } = platform(new MemoryTradeStore(3)));
    await store(...[0, 1, 2, 3].map((n) => trade(n, at(0, n))));
    const { status, problem } = await call('GET /v1/bars/{pair}', { path, query: { bars: 'tick:2' } });
    expect([status, problem.detail]).toEqual([
      422,
      'the bars of 2024-08-09 are more than one request may make: more trades than are summed at once; ' +
        'those of a capture or of published files are made by: npx millrace bars',
    ]);
  });

  it('are not found of an instrument without trades', async () => {
    const { status, problem } = await call('GET /v1/bars/{pair}', { path, query: { bars: 'tick:2' } });
    expect([status, problem.detail]).toEqual([404, `no trades of ${BTC}`]);
    await store(trade(1, at(0, 1)));
    const elsewhere = { bars: 'tick:2', exchange: 'kraken' };
    expect((await call('GET /v1/bars/{pair}', { path, query: elsewhere })).status).toBe(404);
  });

  it('before the first trade are none', async () => {
    await store(trade(1, at(0, 1)));
    expect(await get({ bars: 'tick:2', to: String(START) })).toEqual({ items: [], next: null });
  });

  it.each([
    '',
    'bars=tick',
    'bars=tick:0',
    'bars=tick:1.5',
    'bars=volume:-1',
    'bars=volume:1e3',
    'bars=volume:100000000000000000000000000',
    'bars=euro:5',
    'bars=tick:5&limit=5001',
    'bars=tick:5&from=5&to=5',
    'bars=tick:5&from=-1',
    'bars=tick:5&exchange=Binance',
    'bars=tick:5&after=x',
    'bars=tick:5&after=1-',
    'bars=tick:5&interval=1m',
  ])('are refused for the query %j', async (query) => {
    await store(trade(1, at(0, 1)));
    expect((await call('GET /v1/bars/{pair}', { path, query })).status).toBe(400);
  });

  it('say of a rule that is none what is expected', async () => {
    const { problem } = await call('GET /v1/bars/{pair}', { path, query: 'bars=volume:0' });
    expect(problem.detail).toBe(
      'query.bars: expected tick:N, volume:N or dollar:N, such as tick:100 or volume:2.5, with N above zero',
    );
  });

  it('page by page, of any range, are what a plain fold makes of the trades', async () => {
    const steps = fc.array(
      fc.record({
        price: fc.integer({ min: 1, max: 5000 }),
        quantity: fc.integer({ min: 1, max: 5000 }),
        afterMs: fc.oneof(
          fc.integer({ min: 0, max: 3000 }),
          fc.integer({ min: 0, max: 40_000 }),
          fc.integer({ min: 0, max: 2 * DAY }),
        ),
      }),
      { minLength: 1, maxLength: 60 },
    );
    const rules = fc.oneof(
      fc.integer({ min: 1, max: 9 }).map((size) => `tick:${size}`),
      fc.integer({ min: 1, max: 20_000 }).map((size) => `volume:${formatDecimal(BigInt(size) * 10n ** 9n)}`),
      fc.integer({ min: 1, max: 20_000 }).map((size) => `dollar:${size}`),
    );
    const range = fc.tuple(fc.nat(59), fc.nat(59), fc.constantFrom(0, 1), fc.integer({ min: 1, max: 9 }));
    await fc.assert(
      fc.asyncProperty(steps, rules, range, async (made, rule, [a, b, offset, limit]) => {
        const own = platform();
        let timeMs = START + DAY - 60_000;
        const tape = made.map(({ price, quantity, afterMs }, n) =>
          trade(
            n,
            (timeMs += afterMs),
            formatDecimal(BigInt(price) * 10n ** 10n),
            formatDecimal(BigInt(quantity) * 10n ** 9n),
          ),
        );
        await own.trades.insert(tape, { mayRepeat: false });
        const [from, to] = [a % tape.length, b % tape.length]
          .map((n) => tape[n]!.timeMs + offset)
          .sort((x, y) => x - y) as [number, number];
        const parsed = parseBarRule(rule)!;
        const expected = barsPlainly(tape, parsed)
          .filter(({ firstTimeMs }) => firstTimeMs >= from && firstTimeMs < to + 1)
          .map((bar) => barViewOf(bar, parsed));
        const ask = async (query: Record<string, string>) =>
          (await own.call('GET /v1/bars/{pair}', { path, query })).body;
        const query = { bars: rule, from: String(from), to: String(to + 1), limit: String(limit) };
        expect(await pages(ask, query)).toEqual(expected);
      }),
    );
  });
});
