import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { FollowedBooks, type CapturedBook } from '../../shared/adapters/exchanges/followed-books.ts';
import { CaptureDecoders } from '../../shared/adapters/exchanges/capture-decoders.ts';
import { readCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { checksumOf } from '../../shared/adapters/exchanges/kraken/book-checksum.ts';
import { instrumentOfSymbol } from '../../shared/adapters/exchanges/kraken/symbols.ts';
import { receivedAtMs, type CaptureMessage } from '../../shared/contracts/capture.ts';
import {
  canonical,
  OrderBook,
  topLevels,
  type ToldLevel,
} from '../../shared/domain/market-data/book/order-book.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

const captures = `${dataFolder}captures/`;
const expected = (name: string): unknown => JSON.parse(readFileSync(`${dataFolder}${name}.json`, 'utf8'));

/** @param seen is shown each message once the books have taken it. */
async function booksOf(
  file: string,
  seen: (message: CaptureMessage, books: FollowedBooks) => void = () => undefined,
): Promise<readonly CapturedBook[]> {
  const decoders = new CaptureDecoders();
  const books = new FollowedBooks();
  for await (const messages of readCapture(`${captures}${file}.ndjson.gz`)) {
    for (const message of messages) {
      books.take(message, decoders.of(message).read(message, receivedAtMs(message.receivedAtNs)));
      seen(message, books);
    }
  }
  return books.all();
}

const canonicalLevels = (levels: readonly ToldLevel[]): string[][] =>
  levels.map((level) => level.map(canonical));

describeConformance('books of recorded captures', () => {
  it('of Kraken have every checksum, and end as they are known to', async () => {
    const known = Object.values(expected('expected/ws_kraken_books') as Record<string, KnownKraken>)[0]!;
    const books = await booksOf('kraken-v2-ten-pairs-2021-04-17');
    expect(books.length).toBe(10);
    for (const [symbol, end] of Object.entries(known)) {
      const { state, counters, book } = books.find(
        ({ instrumentId }) => instrumentId === instrumentOfSymbol(symbol),
      )!;
      expect([symbol, state, counters]).toEqual([
        symbol,
        'whole',
        expect.objectContaining({
          updates: end.updates,
          applied: end.updates,
          checksumsOk: end.checksum_ok,
          checksumsBad: 0,
          gaps: 0,
          resyncs: 0,
        }),
      ]);
      expect([book.bids.levels.length, book.asks.levels.length]).toEqual([end.bid_levels, end.ask_levels]);
      expect(topLevels(book.bids, 5)).toEqual(canonicalLevels(end.bids_top5));
      expect(topLevels(book.asks, 5)).toEqual(canonicalLevels(end.asks_top5));
      expect(String(checksumOf(book))).toBe(end.last_checksum);
    }
  });

  it('of Binance end as they are known to, and agree with every book ticker of the same update', async () => {
    const [known] = Object.values(expected('expected/ws_binance_spot') as Record<string, KnownBinance>);
    const [{ state, counters, book }] = (await booksOf('binance-spot-btcusdt-2024-08-09')) as [CapturedBook];
    expect([state, counters]).toEqual([
      'whole',
      {
        updates: known!.depth_events,
        applied: known!.applied,
        gaps: 0,
        resyncs: 0,
        checksumsOk: 0,
        checksumsBad: 0,
        quotesOk: known!.bt_checked,
        quotesBad: 0,
      },
    ]);
    expect([book.bids.levels.length, book.asks.levels.length]).toEqual(known!.levels);
    expect(topLevels(book.bids, 5)).toEqual(known!.bids_top5);
    expect(topLevels(book.asks, 5)).toEqual(known!.asks_top5);
  });

  it.each([
    ['binance-spot-four-pairs-2021-10-12', 4],
    ['binance-spot-ten-pairs-2021-04-17', 10],
  ])('of %s are whole, all %i of them, and agree with the book tickers', async (file, count) => {
    const books = await booksOf(file);
    expect(books.map(({ state, counters }) => [state, counters.gaps, counters.quotesBad])).toEqual(
      Array(count).fill(['whole', 0, 0]),
    );
    for (const { counters } of books) expect(counters.applied).toBeGreaterThan(0);
    expect(books.reduce((sum, { counters }) => sum + counters.quotesOk, 0)).toBeGreaterThan(0);
  });

  it('of Coinbase have the best prices that its ticker tells, before or after the update of that moment', async () => {
    const tops = new Map<string, string[]>();
    const told: { instrumentId: string; top: string; at: number }[] = [];
    const books = await booksOf('coinbase-advanced-btc-eth-2026-08-09-first', (message, all) => {
      const said = JSON.parse(message.message) as Ticker;
      if (said.channel === 'l2_data')
        for (const { instrumentId, book } of all.all()) noteTop(tops, instrumentId, book);
      for (const { tickers = [] } of said.events ?? []) {
        for (const { product_id: product, ...best } of tickers) {
          const instrumentId = `coinbase:${product}`;
          const at = tops.get(instrumentId)?.length;
          const prices = [best.best_bid, best.best_bid_quantity, best.best_ask, best.best_ask_quantity];
          if (at !== undefined) told.push({ instrumentId, top: prices.map(canonical).join(' '), at });
        }
      }
    });
    expect(books.map(({ state, counters }) => [state, counters.gaps])).toEqual([
      ['whole', 0],
      ['whole', 0],
    ]);
    expect(told.length).toBeGreaterThan(30);
    // Updates are gathered for 50 ms, in which a quantity may change and change back; the best prices do not.
    const beside = told.map(({ instrumentId, top, at }) => ({
      top,
      tops: tops.get(instrumentId)!.slice(at - 1, at + 2),
    }));
    const withPrices = beside.filter(({ top, tops: near }) => near.map(pricesOf).includes(pricesOf(top)));
    const withQuantities = beside.filter(({ top, tops: near }) => near.includes(top));
    expect(withPrices).toEqual(beside);
    expect(withQuantities.length).toBeGreaterThanOrEqual(told.length - 1);
  });

  it('are of each venue and market that was recorded', async () => {
    const files = readdirSync(captures).sort();
    for (const file of files) {
      const books = await booksOf(file.replace('.ndjson.gz', ''));
      expect(books.length).toBeGreaterThan(0);
      for (const { state } of books) expect(state).toBe('whole');
    }
  });
});

describeConformance('the checksums that Kraken publishes', () => {
  it('are made over the levels as they were told', () => {
    const { vectors } = expected('published/kraken_docs/checksum_vectors') as { vectors: readonly Vector[] };
    expect(vectors.length).toBeGreaterThan(1);
    for (const { bids, asks, checksum } of vectors) {
      const book = new OrderBook();
      expect(book.load({ bids, asks })).toBeNull();
      expect(checksumOf(book)).toBe(checksum);
    }
  });
});

function pricesOf(top: string): string {
  const [bid, , ask] = top.split(' ');
  return `${bid} ${ask}`;
}

function noteTop(tops: Map<string, string[]>, instrumentId: string, book: OrderBook): void {
  const top = [...topLevels(book.bids, 1), ...topLevels(book.asks, 1)].flat().join(' ');
  const before = tops.get(instrumentId) ?? [];
  tops.set(instrumentId, before);
  if (before.at(-1) !== top) before.push(top);
}

interface KnownKraken {
  readonly updates: number;
  readonly checksum_ok: number;
  readonly last_checksum: string;
  readonly ask_levels: number;
  readonly bid_levels: number;
  readonly asks_top5: readonly ToldLevel[];
  readonly bids_top5: readonly ToldLevel[];
}

interface KnownBinance {
  readonly depth_events: number;
  readonly applied: number;
  readonly bt_checked: number;
  readonly levels: readonly number[];
  readonly asks_top5: readonly ToldLevel[];
  readonly bids_top5: readonly ToldLevel[];
}

interface Ticker {
  readonly channel?: string;
  readonly events?: readonly {
    readonly tickers?: readonly {
      readonly product_id: string;
      readonly best_bid: string;
      readonly best_bid_quantity: string;
      readonly best_ask: string;
      readonly best_ask_quantity: string;
    }[];
  }[];
}

interface Vector {
  readonly asks: readonly ToldLevel[];
  readonly bids: readonly ToldLevel[];
  readonly checksum: number;
}
