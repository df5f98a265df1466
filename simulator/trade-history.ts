/** A trade as Binance's REST interface shows it. */
export interface RestTrade {
  readonly id: number;
  readonly price: string;
  readonly qty: string;
  readonly quoteQty: string;
  readonly time: number;
  readonly isBuyerMaker: boolean;
  readonly isBestMatch: boolean;
}

/** The fields of a `trade` event that a history is made of. */
export interface TradeEvent {
  readonly e: 'trade';
  readonly s: string;
  readonly t: number;
  readonly p: string;
  readonly q: string;
  readonly T: number;
  readonly m: boolean;
}

const MAX_TRADES = 500_000;

/** What a venue remembers of the trades of its pairs: all of them, whether or not anybody was listening. */
export class TradeHistory {
  readonly #trades = new Map<string, RestTrade[]>();

  note(event: TradeEvent): void {
    const trades = this.#trades.get(event.s) ?? [];
    this.#trades.set(event.s, trades);
    trades.push({
      id: event.t,
      price: event.p,
      qty: event.q,
      quoteQty: (Number(event.p) * Number(event.q)).toFixed(8),
      time: event.T,
      isBuyerMaker: event.m,
      isBestMatch: true,
    });
    if (trades.length > MAX_TRADES) trades.shift();
  }

  /** `null`: no such pair. */
  from(symbol: string, fromId: number, limit: number): readonly RestTrade[] | null {
    const trades = this.#trades.get(symbol);
    if (trades === undefined) return null;
    const at = trades.findIndex(({ id }) => id >= fromId);
    return at < 0 ? [] : trades.slice(at, at + limit);
  }

  /** `null`: no such pair. */
  latest(symbol: string, limit: number): readonly RestTrade[] | null {
    return this.#trades.get(symbol)?.slice(-limit) ?? null;
  }
}
