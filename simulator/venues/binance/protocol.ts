/** Binance spot. https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams */
import type { Listing } from '../../market/listing.ts';
import { changesOf, type Level } from '../../market/market-book.ts';
import type { InstrumentTick, Session, VenueProtocol, VenueView } from '../protocol.ts';
import type { PrintedTrade } from '../venue-record.ts';
import { answerBinance } from './rest.ts';
import { eightPlaces, rowsOf, symbolOf } from './words.ts';

export const binanceProtocol: VenueProtocol = {
  exchange: 'binance',
  path: '',
  open: (target, view, say) => new BinanceSession(target, view, say),
  answer: answerBinance,
};

class BinanceSession implements Session {
  readonly #view: VenueView;
  readonly #say: (text: string) => void;
  readonly #streams: Set<string>;
  /** Events come in an envelope that names their stream. */
  readonly #isCombined: boolean;

  constructor(target: string, view: VenueView, say: (text: string) => void) {
    const { pathname, searchParams } = new URL(target, 'ws://localhost');
    this.#view = view;
    this.#say = say;
    this.#isCombined = pathname.startsWith('/stream');
    const named = this.#isCombined ? searchParams.get('streams') : pathname.slice('/ws/'.length);
    this.#streams = new Set(named === null || named === '' ? [] : named.split('/').map(decodeURIComponent));
  }

  hear(text: string): void {
    const { method, params, id } = JSON.parse(text) as { method: string; params?: string[]; id?: unknown };
    if (method === 'SUBSCRIBE') for (const stream of params ?? []) this.#streams.add(stream);
    else if (method === 'UNSUBSCRIBE') for (const stream of params ?? []) this.#streams.delete(stream);
    this.#say(JSON.stringify({ result: method === 'LIST_SUBSCRIPTIONS' ? [...this.#streams] : null, id }));
  }

  tick(ticks: readonly InstrumentTick[]): void {
    for (const tick of ticks) {
      const name = symbolOf(tick.listing).toLowerCase();
      if (this.#streams.has(`${name}@trade`))
        for (const trade of tick.trades) this.#tell(`${name}@trade`, this.#trade(tick.listing, trade));
      for (const stream of [`${name}@depth@100ms`, `${name}@depth`])
        if (this.#streams.has(stream)) this.#tell(stream, this.#depth(tick));
      if (this.#streams.has(`${name}@bookTicker`)) this.#tell(`${name}@bookTicker`, bookTicker(tick));
    }
  }

  second(): void {
    // Binance pings by the WebSocket's own pings.
  }

  #tell(stream: string, event: string): void {
    this.#say(this.#isCombined ? `{"stream":"${stream}","data":${event}}` : event);
  }

  #trade(listing: Listing, { id, priceTicks, quantitySteps, timeMs, isBuy }: PrintedTrade): string {
    const price = eightPlaces(priceTicks, listing.priceDecimals);
    const quantity = eightPlaces(quantitySteps, listing.quantityDecimals);
    return `{"e":"trade","E":${this.#view.nowMs()},"s":"${symbolOf(listing)}","t":${id},"p":"${price}","q":"${quantity}","T":${timeMs},"m":${!isBuy},"M":true}`;
  }

  #depth({ listing, books, updateIds: { first, last } }: InstrumentTick): string {
    const { before, after } = books();
    const bids = rowsOf(listing, changesOf(before.bids, after.bids));
    const asks = rowsOf(listing, changesOf(before.asks, after.asks));
    return `{"e":"depthUpdate","E":${this.#view.nowMs()},"s":"${symbolOf(listing)}","U":${first},"u":${last},"b":${bids},"a":${asks}}`;
  }
}

function bookTicker({ listing, books, updateIds: { last } }: InstrumentTick): string {
  const { bids, asks } = books().after;
  const [bid, ask] = [bids, asks].map(([best]) => best ?? ([0, 0] as const)) as [Level, Level];
  const price = (level: Level): string => eightPlaces(level[0], listing.priceDecimals);
  const quantity = (level: Level): string => eightPlaces(level[1], listing.quantityDecimals);
  return `{"u":${last},"s":"${symbolOf(listing)}","b":"${price(bid)}","B":"${quantity(bid)}","a":"${price(ask)}","A":"${quantity(ask)}"}`;
}
