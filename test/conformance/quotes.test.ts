/** The quotes of recorded captures, beside books that are kept as simply as can be: a map by price, looked through whole. */
import { expect, it } from '@jest/globals';
import { TapeBooks } from '../../collector/tape/tape-books.ts';
import { readTapeMessage } from '../../collector/tape/tape-message.ts';
import { CaptureDecoders } from '../../shared/adapters/exchanges/capture-decoders.ts';
import { readCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import type { BookQuote } from '../../shared/contracts/book-rows.ts';
import type { CaptureMessage } from '../../shared/contracts/capture.ts';
import { isDoubtfulBook } from '../../shared/domain/market-data/book/book-quality.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

async function* messagesOf(file: string): AsyncGenerator<CaptureMessage> {
  for await (const messages of readCapture(`${dataFolder}captures/${file}.ndjson.gz`)) yield* messages;
}

async function told(file: string): Promise<{ quotes: BookQuote[]; levels: number }> {
  const decoders = new CaptureDecoders();
  const books = new TapeBooks();
  const quotes: BookQuote[] = [];
  let levels = 0;
  for await (const message of messagesOf(file))
    for (const row of books.take(readTapeMessage(message, decoders))) {
      if (row.kind === 'quote') quotes.push(row.quote);
      else levels++;
    }
  return { quotes, levels };
}

type Fields = Record<string, unknown>;

type Best = readonly [timeMs: number, bid: number, bidQuantity: number, ask: number, askQuantity: number];

/** A book as a beginner writes it. */
class SimpleBook {
  readonly #sides = { bids: new Map<number, number>(), asks: new Map<number, number>() };

  set(side: 'bids' | 'asks', price: number, quantity: number): void {
    if (quantity === 0) this.#sides[side].delete(price);
    else this.#sides[side].set(price, quantity);
  }

  setAll(bids: unknown, asks: unknown): void {
    for (const [price, quantity] of bids as string[][]) this.set('bids', Number(price), Number(quantity));
    for (const [price, quantity] of asks as string[][]) this.set('asks', Number(price), Number(quantity));
  }

  best(timeMs: number): Best {
    const { bids, asks } = this.#sides;
    const bid = Math.max(...bids.keys());
    const ask = Math.min(...asks.keys());
    return [timeMs, bid, bids.get(bid)!, ask, asks.get(ask)!];
  }
}

/** The last of each 100 ms of each book, but for the very last. */
class LastOfSpans {
  readonly all = new Map<string, Best[]>();

  note(name: string, best: Best): void {
    const list = this.all.get(name);
    if (list === undefined) this.all.set(name, [best]);
    else if (Math.floor(list.at(-1)![0] / 100) === Math.floor(best[0] / 100)) list[list.length - 1] = best;
    else list.push(best);
  }
}

const bestOf = ({ timeMs, bid, ask }: BookQuote): Best => [
  timeMs,
  ...([...bid!, ...ask!].map(Number) as [number, number, number, number]),
];

const ofInstrument = (quotes: readonly BookQuote[], instrumentId: string): Best[] =>
  quotes.filter((quote) => quote.instrumentId === instrumentId).map(bestOf);

describeConformance('quotes of recorded captures', () => {
  it('of Binance are the best prices after the last update of each 100 ms', async () => {
    const file = 'binance-spot-btcusdt-2024-08-09';
    const book = new SimpleBook();
    const simple = new LastOfSpans();
    const updates: Fields[] = [];
    let lastUpdateId = Infinity;
    for await (const { kind, url, message } of messagesOf(file)) {
      const parsed = JSON.parse(message) as Fields & { data?: Fields };
      const event = parsed.data ?? parsed;
      if (event['e'] === 'depthUpdate') updates.push(event);
      if (kind !== 'rest' || !url.includes('/depth')) continue;
      lastUpdateId = parsed['lastUpdateId'] as number;
      book.setAll(parsed['bids'], parsed['asks']);
    }
    // Those that came before the snapshot are among them.
    for (const { u, E, b, a } of updates as Record<'u' | 'E' | 'b' | 'a', unknown>[]) {
      if ((u as number) <= lastUpdateId) continue;
      book.setAll(b, a);
      simple.note('book', book.best(E as number));
    }
    const { quotes, levels } = await told(file);
    const expected = simple.all.get('book')!;
    const mine = quotes.map(bestOf);
    // The first that follow the snapshot have come before it, and are told with it.
    const from = expected.findIndex(([timeMs]) => timeMs === mine[0]![0]);
    expect(from).toBeLessThan(20);
    expect(mine).toEqual(expected.slice(from, -1));
    expect(quotes.length).toBeGreaterThan(6000);
    expect(quotes.filter(({ quality }) => quality !== 0)).toEqual([]);
    expect(levels).toBeGreaterThan(600);
  });

  it.each([
    ['kraken-v2-ten-pairs-2021-04-17', 10],
    ['coinbase-advanced-btc-eth-2026-08-09-first', 2],
  ])('of %s are the best prices after the last update of each 100 ms', async (file, instruments) => {
    const books = new Map<string, SimpleBook>();
    const simple = new LastOfSpans();
    for await (const { message } of messagesOf(file)) {
      for (const { product, isSnapshot, timeMs, changes } of changesOf(message)) {
        let book = books.get(product);
        if (isSnapshot) books.set(product, (book = new SimpleBook()));
        if (book === undefined) continue;
        for (const [side, price, quantity] of changes) book.set(side, price, quantity);
        if (!isSnapshot) simple.note(product, book.best(timeMs));
      }
    }
    const { quotes } = await told(file);
    expect(simple.all.size).toBe(instruments);
    for (const [product, expected] of simple.all) {
      const exchange = file.split('-', 1)[0]!;
      const id = `${exchange}:${product.replace('/', '-').replace('XBT', 'BTC').replace('XDG', 'DOGE')}`;
      const mine = ofInstrument(quotes, id);
      expect([product, mine]).toEqual([product, expected.slice(0, mine.length)]);
      expect(mine.length).toBeGreaterThanOrEqual(expected.length - 1);
    }
    expect(quotes.filter(({ quality }) => isDoubtfulBook(quality))).toEqual([]);
  });
});

type Change = readonly [side: 'bids' | 'asks', price: number, quantity: number];

/** Of either venue's message. */
function* changesOf(
  text: string,
): Generator<{ product: string; isSnapshot: boolean; timeMs: number; changes: Change[] }> {
  interface Row {
    symbol: string;
    timestamp: string;
    bids: { price: number; qty: number }[];
    asks: { price: number; qty: number }[];
  }
  interface Event {
    type: string;
    product_id: string;
    updates: { side: string; price_level: string; new_quantity: string }[];
  }
  const message = JSON.parse(text) as {
    channel?: string;
    type?: string;
    timestamp: string;
    data: Row[];
    events: Event[];
  };
  if (message.channel === 'book')
    for (const { symbol, timestamp, bids, asks } of message.data) {
      const changes = [
        ...bids.map(({ price, qty }): Change => ['bids', price, qty]),
        ...asks.map(({ price, qty }): Change => ['asks', price, qty]),
      ];
      const timeMs = Date.parse(timestamp);
      yield { product: symbol, isSnapshot: message.type === 'snapshot', timeMs, changes };
    }
  if (message.channel === 'l2_data')
    for (const { type, product_id: product, updates } of message.events) {
      const changes = updates.map(({ side, price_level: price, new_quantity: quantity }): Change => {
        return [side === 'bid' ? 'bids' : 'asks', Number(price), Number(quantity)];
      });
      const timeMs = Date.parse(message.timestamp);
      yield { product, isSnapshot: type === 'snapshot', timeMs, changes };
    }
}
