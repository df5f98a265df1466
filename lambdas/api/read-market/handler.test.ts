import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryCandleStore } from '../../../shared/adapters/memory/memory-candle-store.ts';
import { MemoryQualityStore } from '../../../shared/adapters/memory/memory-quality-store.ts';
import { MemoryQuoteStore } from '../../../shared/adapters/memory/memory-quote-store.ts';
import { MemoryTradeStore } from '../../../shared/adapters/memory/memory-trade-store.ts';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import { storedCandle } from '../../../test/support/stored-candle.ts';
import { storeLanes } from '../../../test/support/stored-lane.ts';
import { decimal } from '../../../shared/domain/decimal.ts';
import { ListingKeeper } from '../../../collector/outlet/listing-keeper.ts';
import { createHandler } from './handler.ts';

const BTC = 'binance:BTC-USDT';
const START_MS = 1_723_161_600_000;
const path = { pair: 'BTC-USDT' };

let candles: MemoryCandleStore;
let trades: MemoryTradeStore;
let state: ReturnType<typeof openMemoryState>;
let call: ReturnType<typeof restClient>;
beforeEach(() => {
  candles = new MemoryCandleStore();
  trades = new MemoryTradeStore();
  state = openMemoryState();
  call = restClient(
    createHandler({
      trades,
      candles,
      quotes: new MemoryQuoteStore(),
      quality: new MemoryQualityStore(),
      state,
    }),
  );
});

const closeCandles = async (...prices: string[]) =>
  candles.insert(
    prices.map((price, i) => storedCandle(START_MS + i * 1000, price)),
    { mayRepeat: false },
  );

const openCandleAt = async (timeMs: number, price: string) => storeLanes(state, { [BTC]: [[timeMs, price]] });

/** One closed candle, and the trade that closed it. */
const tapeClosing = (price: string) =>
  [
    [START_MS, price],
    [START_MS + 1000, '99'],
  ] as const;

describe('a price', () => {
  it('is the close of the latest 1s candle, with the time of that close', async () => {
    const tape = [
      [START_MS, '100'],
      [START_MS + 1000, '99'],
      [START_MS + 1999, '101.5'],
      [START_MS + 2000, '103'],
    ] as const;
    await storeLanes(state, { [BTC]: tape });
    const { body } = await call('GET /v1/prices/{pair}', { path });
    expect(body).toEqual({ instrumentId: BTC, price: '101.5', timeMs: START_MS + 2000 });
  });

  it('is not found before a candle has closed', async () => {
    await openCandleAt(START_MS, '100');
    expect((await call('GET /v1/prices/{pair}', { path })).status).toBe(404);
  });

  it('is looked up at the exchange that is asked for', async () => {
    await storeLanes(state, { 'kraken:BTC-USDT': tapeClosing('5') });
    expect((await call('GET /v1/prices/{pair}', { path })).status).toBe(404);
    expect((await call('GET /v1/prices/{pair}', { path, query: 'exchange=kraken' })).body.price).toBe('5');
  });

  it('is there while the candle store is away', async () => {
    candles.between = async () => Promise.reject(new Error('the candle store is away'));
    await storeLanes(state, { [BTC]: tapeClosing('5') });
    expect((await call('GET /v1/prices/{pair}', { path })).body.price).toBe('5');
  });

  it.each(['btc-usdt', 'BTCUSDT', 'BTC-USDT;DROP', '..'])(
    'of the bad symbol %j is refused in one clear line',
    async (pair) => {
      const { status, problem } = await call('GET /v1/prices/{pair}', { path: { pair } });
      expect([status, problem.detail]).toEqual([
        400,
        'path.pair: expected BASE-QUOTE in capitals, such as BTC-USDT',
      ]);
    },
  );
});

describe('an instrument by a name of another script', () => {
  const CHINESE = 'binance:币安人生-USDT';

  it('has a price, however its name comes: composed, in parts or encoded', async () => {
    await storeLanes(state, { [CHINESE]: tapeClosing('5'), 'binance:ÉCU-USDT': tapeClosing('7') });
    const priceOf = async (pair: string) =>
      (await call('GET /v1/prices/{pair}', { path: { pair } })).body.price;
    expect(await priceOf('币安人生-USDT')).toBe('5');
    expect(await priceOf(encodeURIComponent('币安人生-USDT'))).toBe('5');
    expect(await priceOf('E\u0301CU-USDT')).toBe('7');
  });

  it('is listed, and a place to go on from', async () => {
    for (const instrumentId of [CHINESE, 'binance:𠀀-USDT', BTC])
      await candles.insert([storedCandle(START_MS, '1', { instrumentId })], { mayRepeat: false });
    const first = await call('GET /v1/instruments', { query: 'limit=2' });
    expect(first.body.items.map(({ pair }) => pair)).toEqual(['BTC-USDT', '币安人生-USDT']);
    const second = await call('GET /v1/instruments', { query: { limit: '2', after: first.body.next! } });
    expect(second.body.items.map(({ pair }) => pair)).toEqual(['𠀀-USDT']);
  });
});

describe('candles', () => {
  it('come oldest first, the newest up to the limit, and lead back to older ones', async () => {
    await closeCandles('1', '2', '3', '4', '5');
    const closes = ({ body }: { body: { items: { close: string }[] } }) =>
      body.items.map(({ close }) => close);
    const newest = await call('GET /v1/candles/{pair}', { path, query: { interval: '1s', limit: '2' } });
    expect(closes(newest)).toEqual(['4', '5']);
    const older = await call('GET /v1/candles/{pair}', {
      path,
      query: { interval: '1s', limit: '4', to: newest.body.next! },
    });
    expect(closes(older)).toEqual(['1', '2', '3']);
    expect(older.body.next).toBeNull();
  });

  it('lie between from, which is included, and to, which is not', async () => {
    await closeCandles('1', '2', '3');
    const query = { interval: '1s', from: String(START_MS + 1000), to: String(START_MS + 2000) };
    const { body } = await call('GET /v1/candles/{pair}', { path, query });
    expect(body.items.map(({ close }) => close)).toEqual(['2']);
  });

  it('end with the one under way, which is not closed', async () => {
    await closeCandles('1', '2');
    await openCandleAt(START_MS + 2500, '9.5');
    const { body } = await call('GET /v1/candles/{pair}', { path, query: { interval: '1s' } });
    expect(body.items.map(({ close, closed }) => [close, closed])).toEqual([
      ['1', true],
      ['2', true],
      ['9.5', false],
    ]);
    expect(body.items[2]).toMatchObject({
      openTimeMs: START_MS + 2000,
      volume: '2',
      takerBuyVolume: '2',
      firstTradeId: '7',
    });
  });

  it('count the one under way within the limit', async () => {
    await closeCandles('1', '2');
    await openCandleAt(START_MS + 2500, '9.5');
    const { body } = await call('GET /v1/candles/{pair}', { path, query: { interval: '1s', limit: '2' } });
    expect(body.items.map(({ close }) => close)).toEqual(['2', '9.5']);
    expect(body.next).toBe(String(START_MS + 1000));
  });

  it('leave out the one under way when the range ends before it', async () => {
    await closeCandles('1', '2');
    await openCandleAt(START_MS + 2500, '9.5');
    const { body } = await call('GET /v1/candles/{pair}', {
      path,
      query: { interval: '1s', to: String(START_MS + 2000) },
    });
    expect(body.items).toHaveLength(2);
  });

  it('show a candle once that closed while they were read', async () => {
    await closeCandles('1', '2');
    await openCandleAt(START_MS + 1500, '2');
    const { body } = await call('GET /v1/candles/{pair}', { path, query: { interval: '1s' } });
    expect(body.items.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it('are none where an instrument has none of that interval, and not found where there is no such instrument', async () => {
    await closeCandles('1');
    expect((await call('GET /v1/candles/{pair}', { path, query: { interval: '1d' } })).body).toEqual({
      items: [],
      next: null,
    });
    expect((await call('GET /v1/candles/{pair}', { path: { pair: 'NO-SUCH' } })).status).toBe(404);
  });

  it('of an instrument whose first candle is still under way can be read', async () => {
    await openCandleAt(START_MS, '3');
    expect((await call('GET /v1/candles/{pair}', { path })).body.items).toHaveLength(1);
  });

  describe('as they were known at a time', () => {
    /** A trade of the first second, and when it was received after that second's begin. */
    const receive = async (tradeId: number, afterMs: number) =>
      trades.insert(
        [
          {
            instrumentId: BTC,
            tradeId,
            price: decimal('1'),
            quantity: decimal('1'),
            takerSide: 'BUY',
            timeMs: START_MS + tradeId,
            receivedAtMs: START_MS + afterMs,
          },
        ],
        { mayRepeat: false },
      );
    const revision = (number: number, tradeCount: number) =>
      storedCandle(START_MS, String(number), { revision: number, tradeCount });
    const knownAfter = async (afterMs: number, query: Record<string, string> = {}) => {
      const { body } = await call('GET /v1/candles/{pair}', {
        path,
        query: { interval: '1s', asOf: String(START_MS + afterMs), ...query },
      });
      return body.items.map(({ close }) => close);
    };

    it('are of the trades that had been received by then', async () => {
      for (const [tradeId, afterMs] of [
        [1, 50],
        [2, 60],
        [3, 5000],
        [4, 5000],
        [5, 9000],
      ] as const)
        await receive(tradeId, afterMs);
      await candles.insert([revision(0, 2), revision(1, 4), revision(2, 5)], { mayRepeat: false });
      expect(await knownAfter(4999)).toEqual(['0']);
      expect(await knownAfter(5000)).toEqual(['1']);
      expect(await knownAfter(8999)).toEqual(['1']);
      expect(await knownAfter(9000)).toEqual(['2']);
    });

    it('are those alone that had ended, and none is under way', async () => {
      await closeCandles('1', '2');
      await openCandleAt(START_MS + 2500, '9.5');
      expect(await knownAfter(999)).toEqual([]);
      expect(await knownAfter(1000)).toEqual(['1']);
      expect(await knownAfter(1999)).toEqual(['1']);
      expect(await knownAfter(100_000)).toEqual(['1', '2']);
    });

    it('are none of what was stored later, as history', async () => {
      await receive(1, 80_000);
      await candles.insert([revision(1, 1)], { mayRepeat: false });
      expect(await knownAfter(79_999)).toEqual([]);
      expect(await knownAfter(80_000)).toEqual(['1']);
    });

    it('lead to older ones from a page of which nothing was known', async () => {
      await closeCandles('1', '2');
      await candles.insert([storedCandle(START_MS + 2000, '3', { revision: 1 })], { mayRepeat: false });
      const query = { interval: '1s', asOf: String(START_MS + 100_000), limit: '1' };
      const { body } = await call('GET /v1/candles/{pair}', { path, query });
      expect(body).toEqual({ items: [], next: String(START_MS + 2000) });
    });
  });

  describe('of quiet seconds', () => {
    const closeAt = async (...closes: [second: number, price: string][]) =>
      candles.insert(
        closes.map(([second, price]) => storedCandle(START_MS + second * 1000, price)),
        { mayRepeat: false },
      );
    const filled = async (query: Record<string, string> = {}) => {
      const { body } = await call('GET /v1/candles/{pair}', {
        path,
        query: { interval: '1s', fill: 'previous', ...query },
      });
      const items = body.items.map(({ openTimeMs, close, tradeCount }) => [
        (openTimeMs - START_MS) / 1000,
        close,
        tradeCount > 0,
      ]);
      return [items, body.next];
    };

    it('are none, unless they are asked for', async () => {
      await closeAt([0, '1'], [3, '2']);
      const { body } = await call('GET /v1/candles/{pair}', { path, query: { interval: '1s' } });
      expect(body.items).toHaveLength(2);
      expect(await filled()).toEqual([
        [
          [0, '1', true],
          [1, '1', false],
          [2, '1', false],
          [3, '2', true],
        ],
        null,
      ]);
    });

    it('lead to the candle under way', async () => {
      await closeAt([0, '1']);
      await openCandleAt(START_MS + 2500, '9');
      const [items] = await filled();
      expect(items).toEqual([
        [0, '1', true],
        [1, '1', false],
        [2, '9', true],
      ]);
    });

    it('begin with the range, though the candle that they continue lies before it', async () => {
      await closeAt([0, '1'], [5, '2']);
      expect(await filled({ from: String(START_MS + 3000) })).toEqual([
        [
          [3, '1', false],
          [4, '1', false],
          [5, '2', true],
        ],
        null,
      ]);
    });

    it('go on from page to page, none twice and none left out', async () => {
      await closeAt([0, '1'], [7, '2'], [8, '3']);
      const seconds: unknown[] = [];
      let to: string | null = String(START_MS + 100_000);
      for (let pages = 0; to !== null && pages < 9; pages++) {
        const [items, next] = (await filled({ limit: '2', to })) as [unknown[][], string | null];
        seconds.unshift(...items.map(([second]) => second));
        to = next;
      }
      expect(seconds).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    });

    it('end with what is known', async () => {
      await closeAt([0, '1'], [2, '2']);
      expect(await filled({ to: String(START_MS + 1_000_000) })).toEqual([
        [
          [0, '1', true],
          [1, '1', false],
          [2, '2', true],
        ],
        null,
      ]);
    });
  });

  it.each([
    'interval=2m',
    'fill=zero',
    'limit=10001',
    'limit=x',
    'from=-1',
    'from=5&to=5',
    'exchange=Binance',
    'form=1',
  ])('are refused for the query %s', async (query) => {
    expect((await call('GET /v1/candles/{pair}', { path, query })).status).toBe(400);
  });
});

describe('correlations', () => {
  const ETH = 'binance:ETH-USDT';
  const closesOf = async (instrumentId: string, ...prices: (string | null)[]) =>
    candles.insert(
      prices.flatMap((price, i) =>
        price === null ? [] : [storedCandle(START_MS + i * 1000, price, { instrumentId })],
      ),
      { mayRepeat: false },
    );
  const ask = async (query: Record<string, string>) =>
    call('GET /v1/correlations', { query: { instruments: `${BTC},${ETH}`, interval: '1s', ...query } });

  it('are of the returns of the window, each instrument with each', async () => {
    await closesOf(BTC, '900', '1', '2', '3', '5');
    await closesOf(ETH, '1', '10', '20', '30', '50');
    const { body } = await ask({ window: '3' });
    expect(body).toEqual({
      interval: '1s',
      fromMs: START_MS + 1000,
      toMs: START_MS + 5000,
      instruments: [BTC, ETH],
      coefficients: [
        [1, 1],
        [1, 1],
      ].map((row) => row.map((value) => expect.closeTo(value, 12))),
      observations: [
        [3, 3],
        [3, 3],
      ],
    });
  });

  it('leave out of a thin market what lies before the window of the others', async () => {
    await closesOf(BTC, '1', '2', '3', '4', '6', '5', '7');
    await closesOf(ETH, '1', '2', '3', null, null, '6', '7');
    const { body } = await ask({ window: '3' });
    expect([body.coefficients[0], body.observations]).toEqual([
      [expect.closeTo(1, 12), null],
      [
        [3, 1],
        [1, 1],
      ],
    ]);
  });

  it('are those of an earlier time where they are asked for', async () => {
    await closesOf(BTC, '1', '2', '3', '4', '9');
    await closesOf(ETH, '1', '2', '3', '4', '3');
    const { body } = await ask({ to: String(START_MS + 4000) });
    expect([body.toMs, body.coefficients[0]![1]]).toEqual([START_MS + 4000, expect.closeTo(1, 12)]);
  });

  it('are not found of an instrument without candles', async () => {
    await closesOf(BTC, '1', '2');
    const { status, problem } = await ask({});
    expect([status, problem.detail]).toEqual([404, `no candles of ${ETH}`]);
  });

  it.each([
    ['', 'expected 2 to 60 different instruments'],
    [BTC, 'expected 2 to 60 different instruments'],
    [`${BTC},${BTC}`, 'expected 2 to 60 different instruments'],
    [`${BTC},BTC-USDT`, 'expected instruments such as binance:BTC-USDT'],
    [
      Array.from({ length: 61 }, (_, n) => `binance:A${n}-B`).join(),
      'expected 2 to 60 different instruments',
    ],
  ])('of %j are refused in one clear line', async (instruments, why) => {
    const { status, problem } = await ask({ instruments });
    expect([status, problem.detail]).toEqual([400, expect.stringContaining(why)]);
  });
});

describe('instruments', () => {
  it('are listed by name, page by page', async () => {
    for (const instrumentId of ['kraken:BTC-USD', 'binance:ETH-USDT', BTC]) {
      await candles.insert([storedCandle(START_MS, '1', { instrumentId })], { mayRepeat: false });
    }
    const first = await call('GET /v1/instruments', { query: 'limit=2' });
    expect(first.body).toEqual({
      items: [
        { instrumentId: BTC, exchange: 'binance', pair: 'BTC-USDT' },
        { instrumentId: 'binance:ETH-USDT', exchange: 'binance', pair: 'ETH-USDT' },
      ],
      next: 'binance:ETH-USDT',
    });
    const second = await call('GET /v1/instruments', { query: { limit: '2', after: first.body.next! } });
    expect(second.body).toMatchObject({ items: [{ instrumentId: 'kraken:BTC-USD' }], next: null });
  });

  it('are those that an exchange lists, where its catalogue is asked for, as it was known at a time', async () => {
    const keeper = new ListingKeeper(state);
    const listing = (pair: string, priceStep: string) => ({
      instrumentId: `binance:${pair}`,
      symbol: pair.replace('-', ''),
      status: 'trading' as const,
      priceStep,
      quantityStep: '0.1',
      leastQuantity: null,
      leastNotional: '5',
    });
    await keeper.note([listing('币安人生-USDT', '0.1'), listing('BTC-USDT', '0.01')], 1000);
    await keeper.note([listing('BTC-USDT', '0.001'), listing('ETH-USDT', '1')], 2000);
    const listed = async (query: Record<string, string>) => {
      const { body } = await call('GET /v1/instruments', { query: { of: 'catalogue', ...query } });
      return [
        body.items.map(({ pair, listing }) => `${pair} ${listing?.priceStep} ${listing?.fromMs}`),
        body.next,
      ];
    };
    expect(await listed({})).toEqual([
      ['BTC-USDT 0.001 2000', 'ETH-USDT 1 2000', '币安人生-USDT 0.1 1000'],
      null,
    ]);
    expect(await listed({ asOf: '1999' })).toEqual([['BTC-USDT 0.01 1000', '币安人生-USDT 0.1 1000'], null]);
    expect(await listed({ asOf: '999' })).toEqual([[], null]);
    expect(await listed({ limit: '1' })).toEqual([['BTC-USDT 0.001 2000'], BTC]);
    expect(await listed({ after: 'binance:ETH-USDT' })).toEqual([['币安人生-USDT 0.1 1000'], null]);
    expect(await listed({ exchange: 'kraken' })).toEqual([[], null]);
  });

  it('are refused after what is none', async () => {
    const { status, problem } = await call('GET /v1/instruments', { query: 'after=garbage' });
    const detail = 'query.after: expected `next` of a page of this listing';
    expect([status, problem.detail]).toEqual([400, detail]);
  });
});
