/** The REST interface of one simulated venue, with somebody between it and whoever asks. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import type { SimulatedVenue, VenueReply } from '../../simulator/venues/simulated-venue.ts';
import { simulatedVenues } from '../../simulator/venues/simulated-venues.ts';

/** What is answered instead: a reply, or whatever text, perhaps after a while. */
type Meddler = (
  target: string,
  reply: VenueReply,
  asked: number,
) => VenueReply | { readonly text: string } | { readonly reply: VenueReply; readonly afterMs: number };

export interface ServedRest {
  readonly url: string;
  readonly venue: SimulatedVenue;
  /** Questions about trades and candles, in their order, with when they came. */
  readonly asked: { readonly target: string; readonly atMs: number }[];
  /** null: nobody is between. */
  meddler: Meddler | null;
  close(): Promise<void>;
}

export interface ServedRestOptions {
  readonly exchange: Exchange;
  readonly nowMs: () => number;
  readonly historyMs: number;
  readonly tradesPerSecond: number;
}

/** Of trades and candles, not of the clock or the catalogue. */
const OF_HISTORY = /klines|Trades|candles|ticker|OHLC/;

export async function serveRest({ exchange, nowMs, ...shape }: ServedRestOptions): Promise<ServedRest> {
  const time = { nowMs, every: () => () => undefined };
  const venues = simulatedVenues({ seed: 11, instruments: 1, time, random: () => 0.5, ...shape });
  const venue = venues.find((each) => each.exchange === exchange)!;
  const served: { -readonly [Name in keyof ServedRest]: ServedRest[Name] } = {
    venue,
    asked: [],
    meddler: null,
    url: '',
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((request, response) => {
    void (async () => {
      const target = request.url!;
      const isOfHistory = OF_HISTORY.test(target);
      if (isOfHistory) served.asked.push({ target, atMs: Date.now() });
      const honest = venue.answer(target);
      const meddled = served.meddler?.(target, honest, served.asked.length) ?? honest;
      if ('afterMs' in meddled) await sleep(meddled.afterMs);
      if ('text' in meddled) {
        response.writeHead(200, { 'content-type': 'text/html' }).end(meddled.text);
        return;
      }
      const { status, body, retryAfter } = 'reply' in meddled ? meddled.reply : meddled;
      const headers = retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  served.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return served;
}
