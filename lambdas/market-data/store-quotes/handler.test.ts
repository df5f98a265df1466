import { beforeEach, describe, expect, it } from '@jest/globals';
import { LanePacker } from '../../../collector/outlet/lane-packer.ts';
import type { BookQuote } from '../../../shared/contracts/book-rows.ts';
import { quarantinePartition } from '../../../shared/contracts/record-keys.ts';
import type { QuarantineRecord } from '../../../shared/contracts/records.ts';
import { decimal } from '../../../shared/domain/decimal.ts';
import { qualityOf } from '../../../shared/domain/market-data/quality-flags.ts';
import { MemoryQuoteStore } from '../../../shared/adapters/memory/memory-quote-store.ts';
import { streamEvent } from '../../../test/support/stream-events.ts';
import { invocation, tradingPorts } from '../../../test/support/trading-ports.ts';
import { createHandler } from './handler.ts';

const START_MS = 1_723_161_600_000;
const BTC = 'binance:BTC-USDT';

const quote = (ms: number, bid = '100', change: Partial<BookQuote> = {}): BookQuote => ({
  instrumentId: BTC,
  timeMs: START_MS + ms,
  receivedAtMs: START_MS + ms + 40,
  quality: 0,
  bid: [bid, '3'],
  ask: ['101', '1'],
  ...change,
});

let ports: ReturnType<typeof tradingPorts>;
let quotes: RecordingQuoteStore;
let deliver: ReturnType<typeof createHandler>;
let sequence: number;

class RecordingQuoteStore extends MemoryQuoteStore {
  /** Of each insert, whether it was said that some may be there. */
  readonly repeats: boolean[] = [];

  override async insertQuotes(
    rows: Parameters<MemoryQuoteStore['insertQuotes']>[0],
    options?: { mayRepeat: boolean },
  ): Promise<void> {
    this.repeats.push(options?.mayRepeat ?? false);
    await super.insertQuotes(rows);
  }
}

beforeEach(() => {
  ports = tradingPorts();
  quotes = new RecordingQuoteStore();
  sequence = 0;
  deliver = createHandler({ ...ports, quotes });
});

/** A batch of records, each with what is added to its packer. */
function batch(...fill: ((packer: LanePacker) => void)[]) {
  const records = fill.flatMap((add) => {
    const packer = new LanePacker(() => 'session');
    add(packer);
    return packer.take();
  });
  // Long after whoever held the lane before can have written.
  const arrivalMs = Date.now() + 60_000;
  return streamEvent(
    records.map(({ data, partitionKey }) => ({ data, partitionKey, sequence: ++sequence, arrivalMs })),
  );
}

const send = async (...rows: BookQuote[]) =>
  deliver(
    batch((packer) => rows.forEach((row) => packer.addBook({ kind: 'quote', quote: row }))),
    invocation,
  );

const told = () =>
  ports
    .told('QuotesChangedV1')
    .map((event) => event.quotes.map(({ timeMs, bid }) => [timeMs - START_MS, bid]));

describe('store-quotes', () => {
  it('stores quotes and levels, and tells of the newest', async () => {
    const { bid: _, ask: __, ...moment } = quote(900);
    const levels = { ...moment, bids: [['100', '3']] as const, asks: [['101', '1']] as const, depths: [] };
    await deliver(
      batch((packer) => {
        packer.addBook({ kind: 'quote', quote: quote(0) });
        packer.addBook({ kind: 'quote', quote: quote(900, '99') });
        packer.addBook({ kind: 'levels', levels });
      }),
      invocation,
    );
    expect(quotes.quotes).toMatchObject([
      { instrumentId: BTC, timeMs: START_MS, bid: { price: decimal('100'), quantity: decimal('3') } },
      { timeMs: START_MS + 900 },
    ]);
    expect(quotes.levels).toMatchObject([{ bids: [{ price: decimal('100') }] }]);
    expect(ports.told('QuotesChangedV1')).toMatchObject([
      {
        quotes: [{ bid: '100', mid: '100.5', flags: [] }],
        books: [{ timeMs: START_MS + 900, bids: [['100', '3']] }],
      },
    ]);
  });

  it('tells of an instrument once a second of venue time, and at once that its book is in doubt', async () => {
    await send(quote(0, '1'), quote(100, '2'), quote(200, '3'));
    await send(quote(300, '4'));
    await send(quote(400, '5', { quality: qualityOf('gap') }));
    await send(quote(500, '6', { quality: qualityOf('crossed-book') }));
    await send(quote(1100, '7'), quote(1200, '8'));
    expect(told()).toEqual([[[0, '1']], [[400, '5']], [[1100, '7']]]);
  });

  it('asks the store after what is not newer than what it knows, and for nothing else', async () => {
    await send(quote(0), quote(100));
    await send(quote(100), quote(200));
    await send(quote(50));
    expect(quotes.quotes.map(({ timeMs }) => timeMs - START_MS)).toEqual([0, 100, 200, 50]);
    expect(quotes.repeats).toEqual([false, false, true, true]);
    // What is old is no news.
    expect(told()).toEqual([[[0, '100']]]);
  });

  it('comes to the same when its batch comes again after its state could not be written', async () => {
    const event = batch((packer) => packer.addBook({ kind: 'quote', quote: quote(0) }));
    for (const { kinesis } of event.Records) kinesis.approximateArrivalTimestamp = 0;
    const broken = createHandler({
      ...ports,
      quotes,
      state: {
        get: async (...args) => ports.state.get(...args),
        query: async (...args) => ports.state.query(...args),
        queryIndex: async (...args) => ports.state.queryIndex(...args),
        transact: async (writes) => ports.state.transact(writes),
        write: async () => Promise.reject(new Error('cut off')),
      },
    });
    await expect(broken(event, invocation)).rejects.toThrow('cut off');
    await deliver(event, invocation);
    expect([quotes.quotes.length, quotes.repeats]).toEqual([1, [true, true]]);
  });

  it('sets aside a row that is none, with its cause, and stores those beside it', async () => {
    await send(quote(0), quote(100, '102'), quote(200));
    expect(quotes.quotes).toHaveLength(2);
    const { items } = await ports.state.queryIndex<QuarantineRecord>(
      'operations',
      quarantinePartition('QUARANTINED'),
      { limit: 9 },
    );
    expect(items.map(({ value }) => value)).toMatchObject([
      {
        kind: 'quote',
        cause: 'levels: not sorted, or crossed, and no flag says so',
        instrumentId: BTC,
        functionName: 'store-quotes',
      },
    ]);
  });

  it('leaves to others what tells nothing of a book', async () => {
    await deliver(
      batch((packer) => packer.addMalformed('binance', '{', 'not JSON')),
      invocation,
    );
    expect([quotes.quotes, quotes.repeats, ports.published]).toEqual([[], [], []]);
  });
});

describe('the log of a book', () => {
  it('has a line for each second and flag in which it was in doubt', async () => {
    const crossed = qualityOf('crossed-book');
    await send(
      quote(0),
      quote(100, '102', { quality: crossed }),
      quote(200, '103', { quality: crossed }),
      quote(1300, '90', { quality: qualityOf('resync'), ask: null }),
    );
    const events = ports.told('QualityNotedV1').flatMap((detail) => detail.events);
    expect(events.map(({ flag, subject, atMs, what }) => [flag, subject, atMs - START_MS, what])).toEqual([
      ['crossed-book', 'book', 0, 'bid 102, ask 101'],
      ['resync', 'book', 1000, 'bid 90, ask none'],
    ]);
  });
});
