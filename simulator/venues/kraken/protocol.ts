/** Kraken's WebSocket v2. https://docs.kraken.com/api/docs/guides/spot-ws-intro */
import { fixed, type Listing } from '../../market/listing.ts';
import { changesWithin, type Level } from '../../market/market-book.ts';
import { iso, type InstrumentTick, type Session, type VenueProtocol, type VenueView } from '../protocol.ts';
import type { PrintedTrade } from '../venue-record.ts';
import { krakenChecksum } from './book-checksum.ts';
import { answerKraken } from './rest.ts';
import { pairOf } from './words.ts';

export const krakenProtocol: VenueProtocol = {
  exchange: 'kraken',
  path: '/v2',
  open: (_, view, say) => new KrakenSession(view, say),
  answer: answerKraken,
};

/** Trades that a subscription begins with. */
const TOLD_AT_FIRST = 50;
const DEFAULT_DEPTH = 10;

interface Asked {
  readonly method: string;
  readonly params?: {
    readonly channel: string;
    readonly symbol?: readonly string[];
    readonly depth?: number;
    readonly snapshot?: boolean;
  };
  readonly req_id?: number;
}

class KrakenSession implements Session {
  readonly #view: VenueView;
  readonly #say: (text: string) => void;
  readonly #traded = new Set<string>();
  /** How many levels of each pair. */
  readonly #depths = new Map<string, number>();

  constructor(view: VenueView, say: (text: string) => void) {
    this.#view = view;
    this.#say = say;
    const status = { version: '2.0.10', system: 'online', api_version: 'v2', connection_id: 1 };
    this.#say(JSON.stringify({ channel: 'status', type: 'update', data: [status] }));
  }

  hear(text: string): void {
    const asked = JSON.parse(text) as Asked;
    if (asked.method === 'ping') this.#reply(asked, { method: 'pong' });
    else if (asked.method === 'subscribe' && asked.params !== undefined) this.#subscribe(asked, asked.params);
    else if (asked.method === 'unsubscribe')
      for (const symbol of asked.params?.symbol ?? []) this.#unsubscribe(asked, symbol);
    else this.#reply(asked, { success: false, error: 'Unsupported method' });
  }

  #subscribe(asked: Asked, params: NonNullable<Asked['params']>): void {
    const { channel, symbol: symbols = [], depth = DEFAULT_DEPTH, snapshot = true } = params;
    if (channel === 'instrument') {
      this.#reply(asked, { method: 'subscribe', result: { channel, snapshot: true }, success: true });
      this.#say(`{"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[${this.#pairs()}]}}`);
      return;
    }
    for (const symbol of symbols) {
      const listing = this.#view.listings.find((each) => pairOf(each) === symbol);
      if (listing === undefined || (channel !== 'trade' && channel !== 'book')) {
        const error = listing === undefined ? `Currency pair not supported ${symbol}` : 'Unknown channel';
        this.#reply(asked, { method: 'subscribe', success: false, error, symbol });
        continue;
      }
      const result = { channel, ...(channel === 'book' ? { depth } : {}), snapshot, symbol };
      this.#reply(asked, { method: 'subscribe', result, success: true });
      if (channel === 'trade') this.#beginTrades(listing, snapshot);
      else this.#beginBook(listing, depth);
    }
  }

  #unsubscribe(asked: Asked, symbol: string): void {
    const channel = asked.params?.channel;
    if (channel === 'trade') this.#traded.delete(symbol);
    else this.#depths.delete(symbol);
    this.#reply(asked, { method: 'unsubscribe', result: { channel, symbol }, success: true });
  }

  #beginTrades(listing: Listing, isWithSnapshot: boolean): void {
    this.#traded.add(pairOf(listing));
    if (isWithSnapshot)
      this.#tellTrades('snapshot', listing, this.#view.record.latest(listing.instrumentId, TOLD_AT_FIRST));
  }

  #beginBook(listing: Listing, depth: number): void {
    this.#depths.set(pairOf(listing), depth);
    const { bids, asks } = this.#view.bookOf(listing).book;
    this.#tellBook('snapshot', listing, bids.slice(0, depth), asks.slice(0, depth), { bids, asks });
  }

  tick(ticks: readonly InstrumentTick[]): void {
    for (const { listing, trades, books } of ticks) {
      const pair = pairOf(listing);
      if (trades.length > 0 && this.#traded.has(pair)) this.#tellTrades('update', listing, trades);
      const depth = this.#depths.get(pair);
      if (depth === undefined) continue;
      const { before, after } = books();
      const bids = changesWithin(depth, before.bids, after.bids);
      const asks = changesWithin(depth, before.asks, after.asks);
      if (bids.length + asks.length > 0) this.#tellBook('update', listing, bids, asks, after);
    }
  }

  second(): void {
    if (this.#traded.size + this.#depths.size > 0) this.#say('{"channel":"heartbeat"}');
  }

  #tellTrades(type: string, listing: Listing, trades: readonly PrintedTrade[]): void {
    const { priceDecimals, quantityDecimals } = listing;
    const pair = pairOf(listing);
    const rows = trades.map(({ id, priceTicks, quantitySteps, timeMs, isBuy }) => {
      const price = fixed(priceTicks, priceDecimals);
      const quantity = fixed(quantitySteps, quantityDecimals);
      return `{"symbol":"${pair}","side":"${isBuy ? 'buy' : 'sell'}","price":${price},"qty":${quantity},"ord_type":"market","trade_id":${id},"timestamp":"${iso(timeMs)}"}`;
    });
    this.#say(`{"channel":"trade","type":"${type}","data":[${rows.join(',')}]}`);
  }

  #tellBook(
    type: string,
    listing: Listing,
    bids: readonly Level[],
    asks: readonly Level[],
    whole: { readonly bids: readonly Level[]; readonly asks: readonly Level[] },
  ): void {
    const { priceDecimals, quantityDecimals } = listing;
    const rows = (levels: readonly Level[]): string =>
      levels
        .map(
          ([price, quantity]) =>
            `{"price":${fixed(price, priceDecimals)},"qty":${fixed(quantity, quantityDecimals)}}`,
        )
        .join(',');
    const checksum = this.#view.toldChecksum(krakenChecksum(listing, whole));
    this.#say(
      `{"channel":"book","type":"${type}","data":[{"symbol":"${pairOf(listing)}","bids":[${rows(bids)}],"asks":[${rows(asks)}],"checksum":${checksum},"timestamp":"${iso(this.#view.nowMs())}"}]}`,
    );
  }

  #pairs(): string {
    return this.#view.listings
      .map((listing) => {
        const { base, quote, priceDecimals, quantityDecimals } = listing;
        const step = fixed(1, quantityDecimals);
        return `{"symbol":"${pairOf(listing)}","base":"${base}","quote":"${quote}","status":"online","qty_precision":${quantityDecimals},"qty_increment":${step},"price_precision":${priceDecimals},"price_increment":${fixed(1, priceDecimals)},"qty_min":${step},"cost_min":0.5}`;
      })
      .join(',');
  }

  #reply({ req_id: id }: Asked, reply: object): void {
    const at = iso(this.#view.nowMs());
    this.#say(
      JSON.stringify({ ...reply, ...(id === undefined ? {} : { req_id: id }), time_in: at, time_out: at }),
    );
  }
}
