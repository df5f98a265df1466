/** The portfolio with the fills that led to it, read so that they fit each other. */
import type { Answer, ApiClient } from '../api/api-client.ts';
import { partsOf, quoteCurrencyOf, type Fill, type Portfolio, type Position } from '../api/views.ts';
import { startOfDay } from '../numbers/format-time.ts';
import { booksBefore, heldInstruments, type Books, type Mark } from './equity-history.ts';

export interface Ledger {
  readonly portfolio: Portfolio;
  /** Newest first; as many as a day has, at most `MOST_FILLS`. */
  readonly fills: readonly Fill[];
  /** Where the history begins: at midnight UTC, or later. */
  readonly sinceMs: number;
  /** Whether it holds all of the day. */
  readonly isWholeDay: boolean;
  readonly books: Books;
  /** Of what was held where the history begins. */
  readonly prices: ReadonlyMap<string, string>;
  /** Closes of the market since then. */
  readonly marks: readonly Mark[];
}

const FILLS_A_PAGE = 1000;
const MOST_PAGES = 5;
const ATTEMPTS = 5;
/** Closes of so many minutes, of so many instruments: more would make the page slow to open. */
const MARKED_MINUTES = 480;
const MARKED_INSTRUMENTS = 6;
const MINUTE_MS = 60_000;

/** @param nowMs stands in for the market’s time as long as nothing was traded */
export async function readLedger(api: ApiClient, nowMs: number): Promise<Answer<Ledger>> {
  for (let attempt = 1; ; attempt++) {
    const before = await api.call('GET /v1/portfolio');
    if (before.kind !== 'done') return before;
    const read = await readFills(api, nowMs);
    if (read.kind !== 'done') return read;
    const after = await api.call('GET /v1/portfolio');
    if (after.kind !== 'done') return after;
    // A fill in between would be in one and not in the other.
    if (fillsOf(before.body) === fillsOf(after.body)) {
      return ledgerOf(api, after.body, read.body, nowMs);
    }
    if (attempt === ATTEMPTS)
      return { kind: 'unreachable', detail: 'fills came in faster than they could be read' };
  }
}

function fillsOf({ positions }: Portfolio): string {
  return positions.map(({ strategyId, fills }) => `${strategyId} ${fills}`).join();
}

interface FillsRead {
  readonly fills: readonly Fill[];
  readonly dayMs: number;
  /** Whether fills before the oldest of these may exist. */
  readonly hasOlder: boolean;
}

/** All of the day, which is the day of the newest fill. */
async function readFills(api: ApiClient, nowMs: number): Promise<Answer<FillsRead>> {
  const fills: Fill[] = [];
  let after: string | undefined;
  for (let page = 1; ; page++) {
    const answer = await api.call('GET /v1/fills', { query: { limit: FILLS_A_PAGE, after } });
    if (answer.kind !== 'done') return answer;
    fills.push(...answer.body.items);
    const { next } = answer.body;
    const dayMs = startOfDay(fills[0]?.timeMs ?? nowMs);
    const oldestMs = fills.at(-1)?.timeMs ?? nowMs;
    if (next === null || oldestMs < dayMs || page === MOST_PAGES) {
      return { kind: 'done', body: { fills, dayMs, hasOlder: next !== null } };
    }
    after = next;
  }
}

/** A little before the first fill, so that the curve has somewhere to come from. */
const LEAD_MS = 30_000;

async function ledgerOf(
  api: ApiClient,
  portfolio: Portfolio,
  { fills, dayMs, hasOlder }: FillsRead,
  nowMs: number,
): Promise<Answer<Ledger>> {
  const today = fills.filter(({ timeMs }) => timeMs >= dayMs);
  const isWholeDay = !hasOlder || today.length < fills.length;
  const oldestMs = today.at(-1)?.timeMs ?? nowMs;
  const hasEarlierDays = today.length < fills.length;
  const leadMs = Math.max(dayMs, oldestMs - LEAD_MS);
  const sinceMs = hasEarlierDays ? dayMs : isWholeDay ? leadMs : oldestMs;
  const books = booksBefore(portfolio.positions, today);
  const prices = await pricesAt(api, sinceMs, heldInstruments(books));
  if (prices.kind !== 'done') return prices;
  const marks = await marksSince(api, sinceMs, portfolio.positions);
  if (marks.kind !== 'done') return marks;
  const body = { portfolio, fills, sinceMs, isWholeDay, books, prices: prices.body, marks: marks.body };
  return { kind: 'done', body };
}

/** What was never traded needs no price, and may have none: a strategy may wait for an instrument that no source knows. */
async function marksSince(
  api: ApiClient,
  sinceMs: number,
  positions: Portfolio['positions'],
): Promise<Answer<readonly Mark[]>> {
  const traded = positions.filter(({ fills }) => fills > 0);
  const instrumentIds = [...new Set(traded.map(({ instrumentId }) => instrumentId))];
  const marks: Mark[] = [];
  for (const instrumentId of instrumentIds.slice(0, MARKED_INSTRUMENTS)) {
    const { exchange, pair } = partsOf(instrumentId);
    const query = { exchange, interval: '1m', from: sinceMs, limit: MARKED_MINUTES };
    const answer = await api.call('GET /v1/candles/{pair}', { path: { pair }, query });
    if (answer.kind !== 'done') return answer;
    for (const { openTimeMs, close, closed } of answer.body.items) {
      if (closed) marks.push({ timeMs: openTimeMs + MINUTE_MS, instrumentId, price: close });
    }
  }
  return { kind: 'done', body: marks };
}

/** The last close before a time. What had none is left out. */
async function pricesAt(
  api: ApiClient,
  timeMs: number,
  instrumentIds: readonly string[],
): Promise<Answer<ReadonlyMap<string, string>>> {
  const prices = new Map<string, string>();
  for (const instrumentId of instrumentIds) {
    const { exchange, pair } = partsOf(instrumentId);
    const query = { exchange, interval: '1m', to: timeMs, limit: 1 };
    const answer = await api.call('GET /v1/candles/{pair}', { path: { pair }, query });
    if (answer.kind !== 'done') return answer;
    const close = answer.body.items[0]?.close;
    if (close !== undefined) prices.set(instrumentId, close);
  }
  return { kind: 'done', body: prices };
}

/** The part of a ledger that is in one currency: sums over several would mean nothing. */
export function inCurrency(books: Books, quoteCurrency: string): Books {
  return new Map(
    [...books].filter(([, { instrumentId }]) => quoteCurrencyOf(instrumentId) === quoteCurrency),
  );
}

/** Positions that are open. */
export function openPositions(positions: readonly Position[]): Position[] {
  return positions.filter(({ quantity }) => quantity !== '0');
}
