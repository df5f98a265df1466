import type { TradeHistory } from './trade-history.ts';

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

const MAX_PAGE = 1000;

/** What Binance's REST interface says to a request. @param target path and query. */
export function answerRest(history: TradeHistory, target: string, nowMs: number): RestAnswer {
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  const symbol = searchParams.get('symbol') ?? '';
  const limit = Math.min(MAX_PAGE, Number(searchParams.get('limit') ?? 500));
  switch (pathname) {
    case '/api/v3/time':
      return { status: 200, body: { serverTime: nowMs } };
    case '/api/v3/historicalTrades':
      return trades(history.from(symbol, Number(searchParams.get('fromId') ?? 0), limit));
    case '/api/v3/trades':
      return trades(history.latest(symbol, limit));
    default:
      return { status: 404, body: { code: 0, msg: 'no such path' } };
  }
}

function trades(found: readonly unknown[] | null): RestAnswer {
  if (found !== null) return { status: 200, body: found };
  return { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } };
}
