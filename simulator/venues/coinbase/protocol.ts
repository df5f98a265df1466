/** Coinbase Advanced Trade. https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels */
import { fixed, type Listing } from '../../market/listing.ts';
import { changesOf, type Level } from '../../market/market-book.ts';
import { iso, type InstrumentTick, type Session, type VenueProtocol, type VenueView } from '../protocol.ts';
import { answerCoinbase } from './rest.ts';
import { productOf, tradeRows } from './words.ts';

export const coinbaseProtocol: VenueProtocol = {
  exchange: 'coinbase',
  path: '',
  open: (_, view, say) => new CoinbaseSession(view, say),
  answer: answerCoinbase,
};

/** Trades that a subscription begins with. */
const TOLD_AT_FIRST = 100;

const CHANNELS = new Set(['market_trades', 'level2', 'heartbeats', 'status']);

class CoinbaseSession implements Session {
  readonly #view: VenueView;
  readonly #say: (text: string) => void;
  readonly #subscribed = new Map<string, Set<string>>();
  /** Every message of a connection has a number. */
  #number = 0;
  #heartbeats = 0;

  constructor(view: VenueView, say: (text: string) => void) {
    this.#view = view;
    this.#say = say;
  }

  hear(text: string): void {
    const {
      type,
      channel,
      product_ids: asked,
    } = JSON.parse(text) as {
      type: string;
      channel: string;
      product_ids?: string[];
    };
    if (!CHANNELS.has(channel) || (type !== 'subscribe' && type !== 'unsubscribe')) {
      this.#say(JSON.stringify({ type: 'error', message: `no such channel ${channel}` }));
      return;
    }
    const products = this.#subscribed.get(channel) ?? new Set<string>();
    this.#subscribed.set(channel, products);
    const listings = this.#view.listings.filter((listing) => asked?.includes(productOf(listing)) ?? false);
    for (const listing of listings)
      if (type === 'subscribe') products.add(productOf(listing));
      else products.delete(productOf(listing));
    if (type === 'unsubscribe' && asked === undefined) this.#subscribed.delete(channel);
    if (type === 'subscribe') this.#begin(channel, listings);
    const told = Object.fromEntries([...this.#subscribed].map(([name, ids]) => [name, [...ids]]));
    this.#tell('subscriptions', `{"subscriptions":${JSON.stringify(told)}}`);
  }

  #begin(channel: string, listings: readonly Listing[]): void {
    for (const listing of listings) {
      if (channel === 'market_trades') {
        const latest = this.#view.record.latest(listing.instrumentId, TOLD_AT_FIRST);
        this.#tell('market_trades', `{"type":"snapshot","trades":[${tradeRows(listing, latest)}]}`);
      } else if (channel === 'level2') {
        const { bids, asks } = this.#view.bookOf(listing).book;
        this.#tell('l2_data', this.#levels('snapshot', listing, bids, asks));
      }
    }
  }

  tick(ticks: readonly InstrumentTick[]): void {
    const traded = this.#subscribed.get('market_trades');
    const levels = this.#subscribed.get('level2');
    for (const { listing, trades, books } of ticks) {
      const product = productOf(listing);
      if (traded?.has(product) === true && trades.length > 0)
        this.#tell('market_trades', `{"type":"update","trades":[${tradeRows(listing, trades)}]}`);
      if (levels?.has(product) !== true) continue;
      const { before, after } = books();
      const [bids, asks] = [changesOf(before.bids, after.bids), changesOf(before.asks, after.asks)];
      if (bids.length + asks.length > 0) this.#tell('l2_data', this.#levels('update', listing, bids, asks));
    }
  }

  second(): void {
    if (!this.#subscribed.has('heartbeats')) return;
    const now = iso(this.#view.nowMs()).replace('T', ' ').replace('Z', ' +0000 UTC');
    this.#tell('heartbeats', `{"current_time":"${now}","heartbeat_counter":${++this.#heartbeats}}`);
  }

  #levels(type: string, listing: Listing, bids: readonly Level[], asks: readonly Level[]): string {
    const { priceDecimals, quantityDecimals } = listing;
    const time = iso(this.#view.nowMs());
    const rows = (side: string, levels: readonly Level[]): string[] =>
      levels.map(
        ([price, quantity]) =>
          `{"side":"${side}","event_time":"${time}","price_level":"${fixed(price, priceDecimals)}","new_quantity":"${fixed(quantity, quantityDecimals)}"}`,
      );
    const updates = [...rows('bid', bids), ...rows('offer', asks)].join(',');
    return `{"type":"${type}","product_id":"${productOf(listing)}","updates":[${updates}]}`;
  }

  #tell(channel: string, event: string): void {
    this.#say(
      `{"channel":"${channel}","client_id":"","timestamp":"${iso(this.#view.nowMs())}","sequence_num":${this.#number++},"events":[${event}]}`,
    );
  }
}
