import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readCapture, verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { venueOf } from '../../shared/adapters/exchanges/venues.ts';
import { binance } from '../../shared/adapters/exchanges/binance/venue.ts';
import { receivedAtMs } from '../../shared/contracts/capture.ts';
import { readToldTrade } from '../../shared/contracts/lane-rows.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

const captures = `${dataFolder}captures/`;

describeConformance('recorded captures', () => {
  it('are captures, all of them', async () => {
    const files = readdirSync(captures).sort();
    const described = await Promise.all(files.map(async (file) => verifyCapture(`${captures}${file}`)));
    expect(described.map(({ lines, exchanges }) => [lines, ...exchanges])).toEqual([
      [99_574, 'binance'],
      [269, 'binance'],
      [1238, 'binance'],
      [253, 'coinbase'],
      [4348, 'kraken'],
    ]);
  });

  it('of Binance give every trade, without a gap and in the order of their times', async () => {
    const ids: number[] = [];
    const times: number[] = [];
    for await (const messages of readCapture(`${captures}binance-spot-btcusdt-2024-08-09.ndjson.gz`)) {
      for (const message of messages) {
        for (const event of binance.decoder().read(message, receivedAtMs(message.receivedAtNs))) {
          expect(event.kind).not.toBe('malformed');
          if (event.kind !== 'trade') continue;
          const read = readToldTrade(event);
          if (typeof read === 'string') throw new Error(read);
          ids.push(read.tradeId);
          times.push(read.timeMs);
        }
      }
    }
    expect(ids).toEqual(Array.from({ length: 19_904 }, (_, n) => 3_735_683_259 + n));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('are read, every message of them, or set aside by kind', async () => {
    const read: unknown[] = [];
    for (const file of readdirSync(captures).sort()) {
      const { tally } = await verifyCapture(`${captures}${file}`);
      expect([tally.malformed, tally.sequenceGaps]).toEqual([0, 0]);
      read.push([
        tally.trades,
        tally.bookMessages,
        tally.setAside.map(({ what, count }) => `${count} ${what}`).join(', '),
      ]);
    }
    expect(read).toEqual([
      [19_904, 6496, ''],
      [0, 181, '2 aggTrade, 2 kline'],
      [0, 624, '20 kline, 24 aggTrade'],
      [218, 182, '3 candles, 39 ticker'],
      [10, 4279, ''],
    ]);
  });

  it('of Coinbase were bought at the best ask and sold at the best bid', async () => {
    const decoder = venueOf('coinbase').decoder();
    const books = new Map<string, Book>();
    let compared = 0;
    for await (const messages of readCapture(
      `${captures}coinbase-advanced-btc-eth-2026-08-09-first.ndjson.gz`,
    )) {
      for (const message of messages) {
        const said = JSON.parse(message.message) as Level2;
        if (said.channel === 'l2_data') applyLevels(books, said);
        if (said.events?.[0]?.type !== 'update') continue;
        for (const event of decoder.read(message, receivedAtMs(message.receivedAtNs))) {
          const book = event.kind === 'trade' ? books.get(event.instrumentId) : undefined;
          if (event.kind !== 'trade' || book === undefined) continue;
          const bestBid = Math.max(...book.bid);
          const bestAsk = Math.min(...book.offer);
          const isAtAsk = Math.abs(Number(event.price) - bestAsk) < Math.abs(Number(event.price) - bestBid);
          expect([event.tradeId, event.takerSide]).toEqual([event.tradeId, isAtAsk ? 'B' : 'S']);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(15);
  });
});

describeConformance('a capture of two markets', () => {
  it('gives the trades of spot alone', async () => {
    const { tally, instruments } = await verifyCapture(`${dataFolder}cases/10-futures-and-spot.ndjson.gz`);
    expect([tally.trades, instruments]).toEqual([5, ['binance:BTC-USDT']]);
    expect(tally.setAside).toEqual([
      { what: 'another market', count: 5, cause: 'heard at fstream.binance.com/stream', firstAt: 2 },
    ]);
  });
});

/** Prices at which somebody offers to buy or to sell. */
interface Book {
  readonly bid: Set<number>;
  readonly offer: Set<number>;
}

interface Level2 {
  readonly channel?: string;
  readonly events?: readonly {
    readonly type?: string;
    readonly product_id: string;
    readonly updates: readonly { side: 'bid' | 'offer'; price_level: string; new_quantity: string }[];
  }[];
}

function applyLevels(books: Map<string, Book>, { events = [] }: Level2): void {
  for (const { product_id: product, updates } of events) {
    const id = `coinbase:${product}`;
    const book = books.get(id) ?? { bid: new Set(), offer: new Set() };
    books.set(id, book);
    for (const { side, price_level: price, new_quantity: quantity } of updates) {
      if (Number(quantity) === 0) book[side].delete(Number(price));
      else book[side].add(Number(price));
    }
  }
}
