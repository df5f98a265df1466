/** A venue that is as busy as the market of the tapes: every message at its time, and the books behind its depth. */
import { symbolOfInstrument } from '../shared/adapters/exchanges/binance/symbols.ts';
import { DEPTH_MESSAGES_A_SECOND } from './depth-tape.ts';
import { SyntheticBook } from './synthetic-depth.ts';
import type { SyntheticMarket } from '../simulator/synthetic-market.ts';

/** Made at once: a fraction of a millisecond. */
const MADE_AT_ONCE = 120;
const MOST_LEVELS = 1000;

type Levels = Map<string, string>;

interface PairDepth {
  readonly symbol: string;
  readonly book: SyntheticBook;
  readonly bids: Levels;
  readonly asks: Levels;
  updateId: number;
}

/** What Binance would send of a market, from a second on. Nothing is made before it is nearly due. */
export class BusyVenue {
  readonly #market: SyntheticMarket;
  readonly #depths: readonly PairDepth[];
  #second: number;
  #index = 0;
  #trades: { readonly dueMs: number; readonly text: string }[] = [];
  #nextDepth = 0;
  readonly #startMs: number;

  constructor(market: SyntheticMarket, startSecond: number) {
    this.#market = market;
    this.#second = startSecond;
    this.#startMs = startSecond * 1000;
    this.#depths = market.instrumentIds.map((id, n) => depthOf(id, n + 1));
  }

  /** The messages whose time has come since the last call, in the order of their times within each kind. */
  due(nowMs: number): string[] {
    return [...this.#dueTrades(nowMs), ...this.#dueDepth(nowMs)];
  }

  /** @returns null: no such pair. */
  snapshotOf(symbol: string, limit: number): object | null {
    const depth = this.#depths.find((one) => one.symbol === symbol);
    if (depth === undefined) return null;
    const { updateId: lastUpdateId, bids, asks } = depth;
    return { lastUpdateId, bids: sorted(bids, -1, limit), asks: sorted(asks, 1, limit) };
  }

  *#dueTrades(nowMs: number): Generator<string> {
    for (;;) {
      const next = this.#trades.shift() ?? this.#makeTrades();
      if (next === undefined) continue;
      if (next.dueMs > nowMs) {
        this.#trades.unshift(next);
        return;
      }
      yield next.text;
    }
  }

  /** @returns the first of them; undefined: there was only what is no trade. */
  #makeTrades(): { readonly dueMs: number; readonly text: string } | undefined {
    const messages = this.#market.messagesOf(this.#second, this.#index, MADE_AT_ONCE);
    this.#index += MADE_AT_ONCE;
    if (this.#index >= this.#market.messagesPerSecond) {
      this.#second++;
      this.#index = 0;
    }
    for (const { kind, receivedAtNs, message } of messages)
      if (kind === 'ws') this.#trades.push({ dueMs: Number(receivedAtNs.slice(0, -6)), text: message });
    return this.#trades.shift();
  }

  /** Each pair in its turn, so that no two books change at the same instant. */
  *#dueDepth(nowMs: number): Generator<string> {
    const apartMs = 1000 / DEPTH_MESSAGES_A_SECOND / this.#depths.length;
    for (;;) {
      const dueMs = this.#startMs + this.#nextDepth * apartMs;
      if (dueMs > nowMs) return;
      yield changed(this.#depths[this.#nextDepth++ % this.#depths.length]!, Math.floor(dueMs));
    }
  }
}

function depthOf(instrumentId: string, seed: number): PairDepth {
  const book = new SyntheticBook(seed);
  const symbol = symbolOfInstrument(instrumentId);
  const { bids, asks } = book.snapshot;
  return { symbol, book, bids: new Map(bids), asks: new Map(asks), updateId: 0 };
}

function changed(depth: PairDepth, atMs: number): string {
  const { symbol, book } = depth;
  const { updateIds, bids, asks } = book.next();
  const { first, last } = updateIds!;
  depth.updateId = last;
  for (const [levels, changes] of [
    [depth.bids, bids],
    [depth.asks, asks],
  ] as const)
    for (const [price, quantity] of changes) {
      if (Number(quantity) === 0) levels.delete(price);
      else levels.set(price, quantity);
    }
  const data = { e: 'depthUpdate', E: atMs, s: symbol, U: first, u: last, b: bids, a: asks };
  return JSON.stringify({ stream: `${symbol.toLowerCase()}@depth@100ms`, data });
}

function sorted(levels: Levels, sign: 1 | -1, limit: number): readonly (readonly [string, string])[] {
  const inOrder = [...levels].sort(([a], [b]) => sign * (Number(a) - Number(b)));
  return inOrder.slice(0, Math.min(limit, MOST_LEVELS));
}
