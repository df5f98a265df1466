import { describe, expect, it } from '@jest/globals';
import { candleAt, fillAt, positionOf } from '../../test/support/page-records.ts';
import type { Answer, ApiClient } from '../api/api-client.ts';
import type { Fill, Portfolio, Position } from '../api/views.ts';
import { inCurrency, readLedger } from './read-ledger.ts';

const DAY = Date.UTC(2024, 7, 9);
const HOUR = 3_600_000;

const portfolioOf = (...positions: Position[]): Portfolio => ({ accountId: 'paper', totals: [], positions });

/** An API with these fills, newest first in pages of `pageSize`, and these portfolios one after the other. */
function apiOf(fills: readonly Fill[], portfolios: readonly Portfolio[], pageSize = 1000) {
  const asked: string[] = [];
  let portfolio = 0;
  const answers: Record<string, (parts: { query?: Record<string, unknown> }) => unknown> = {
    'GET /v1/portfolio': () => portfolios[Math.min(portfolio++, portfolios.length - 1)],
    'GET /v1/fills': ({ query }) => {
      const from = Number(query?.['after'] ?? 0);
      const next = from + pageSize < fills.length ? String(from + pageSize) : null;
      return { items: fills.slice(from, from + pageSize), next };
    },
    'GET /v1/candles/{pair}': ({ query }) => {
      const isBefore = query?.['to'] !== undefined;
      const candles = [
        candleAt(DAY, { close: '96' }),
        candleAt(DAY + 60_000, { close: '97', closed: false }),
      ];
      return { items: isBefore ? [candleAt(DAY - 60_000, { close: '95' })] : candles, next: null };
    },
  };
  const api = {
    call: async (route: string, parts = {}): Promise<Answer<unknown>> => {
      asked.push(route);
      return { kind: 'done', body: answers[route]!(parts) };
    },
  } as ApiClient;
  return { api, asked };
}

async function ledgerOf(api: ApiClient) {
  const answer = await readLedger(api, DAY + 12 * HOUR);
  if (answer.kind !== 'done') throw new Error(answer.detail);
  return answer.body;
}

describe('the ledger of the day', () => {
  it('begins a little before the first fill that there ever was', async () => {
    const { api } = apiOf(
      [fillAt(DAY + 11 * HOUR)],
      [portfolioOf(positionOf({ cash: '9899.9', quantity: '1' }))],
    );
    const ledger = await ledgerOf(api);
    expect(ledger).toMatchObject({ sinceMs: DAY + 11 * HOUR - 30_000, isWholeDay: true });
    expect([...ledger.books.values()]).toEqual([
      { instrumentId: 'binance:BTC-USDT', cash: 10_000n * 10n ** 12n, quantity: 0n },
    ]);
  });

  it('begins now as long as nothing was traded', async () => {
    const { api } = apiOf([], [portfolioOf(positionOf())]);
    expect(await ledgerOf(api)).toMatchObject({ sinceMs: DAY + 12 * HOUR - 30_000, isWholeDay: true });
  });

  it('begins at midnight with what was held then, at its price then', async () => {
    const bought = fillAt(DAY - HOUR);
    const sold = fillAt(DAY + HOUR, 'SELL');
    const { api } = apiOf([sold, bought], [portfolioOf(positionOf({ cash: '9999.8' }))]);
    const ledger = await ledgerOf(api);
    expect(ledger).toMatchObject({ sinceMs: DAY, isWholeDay: true, fills: [sold, bought] });
    expect([...ledger.books.values()][0]).toMatchObject({ quantity: 10n ** 12n });
    expect([...ledger.prices]).toEqual([['binance:BTC-USDT', '95']]);
  });

  it('has the closes of the market since then, of minutes that are over', async () => {
    const { api } = apiOf([], [portfolioOf(positionOf({ fills: 1 }))]);
    expect((await ledgerOf(api)).marks).toEqual([
      { timeMs: DAY + 60_000, instrumentId: 'binance:BTC-USDT', price: '96' },
    ]);
  });

  it('asks for no price of what was never traded: its instrument may have none', async () => {
    const { api, asked } = apiOf([], [portfolioOf(positionOf({ fills: 0 }))]);
    expect((await ledgerOf(api)).marks).toEqual([]);
    expect(asked).not.toContain('GET /v1/candles/{pair}');
  });

  it('gives up when fills come in all the time', async () => {
    const portfolios = Array.from({ length: 20 }, (_, fills) => portfolioOf(positionOf({ fills })));
    const { api } = apiOf([], portfolios);
    expect(await readLedger(api, DAY)).toMatchObject({ kind: 'unreachable' });
  });

  it('reads pages until it has the day, and no further', async () => {
    const fills = [3, 2, 1, -1, -2, -3].map((hour) => fillAt(DAY + hour * HOUR));
    const { api, asked } = apiOf(fills, [portfolioOf(positionOf())], 2);
    const ledger = await ledgerOf(api);
    expect(asked.filter((route) => route === 'GET /v1/fills')).toHaveLength(2);
    expect(ledger).toMatchObject({ sinceMs: DAY, isWholeDay: true });
  });

  it('says that it is not the whole day when there is too much of it', async () => {
    const fills = Array.from({ length: 12 }, (_, i) => fillAt(DAY + (20 - i) * HOUR));
    const { api, asked } = apiOf(fills, [portfolioOf(positionOf())], 2);
    const ledger = await ledgerOf(api);
    expect(asked.filter((route) => route === 'GET /v1/fills')).toHaveLength(5);
    expect(ledger).toMatchObject({ sinceMs: DAY + 11 * HOUR, isWholeDay: false });
  });

  it('reads again when a fill came in between', async () => {
    const [older, newer] = [positionOf({ fills: 0 }), positionOf({ fills: 1 })];
    const { api, asked } = apiOf(
      [],
      [older, newer, newer, newer].map((position) => portfolioOf(position)),
    );
    await ledgerOf(api);
    expect(asked.filter((route) => route === 'GET /v1/fills')).toHaveLength(2);
  });

  it('passes on why it cannot be read', async () => {
    const unreachable: Answer<never> = { kind: 'unreachable', detail: 'the platform cannot be reached' };
    expect(await readLedger({ call: async () => unreachable }, DAY)).toEqual(unreachable);
  });

  it('is looked at one currency at a time', () => {
    const books = new Map([
      ['a', { instrumentId: 'binance:BTC-USDT', cash: 1n, quantity: 0n }],
      ['b', { instrumentId: 'binance:ETH-BTC', cash: 1n, quantity: 0n }],
    ]);
    expect([...inCurrency(books, 'BTC').keys()]).toEqual(['b']);
  });
});
