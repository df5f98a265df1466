import { describe, expect, it } from '@jest/globals';
import { LanePacker } from '../../collector/outlet/lane-packer.ts';
import { decimal } from '../domain/decimal.ts';
import { qualityOf } from '../domain/market-data/quality-flags.ts';
import {
  levelsRow,
  quoteRow,
  readLevelsRow,
  readQuoteRow,
  type BookLevels,
  type BookQuote,
} from './book-rows.ts';
import type { ToldTrade } from './lane-rows.ts';
import {
  MAX_LEVELS_A_RECORD,
  MAX_QUOTES_A_RECORD,
  parseLaneRecord,
  readBookRows,
  type LaneRecord,
} from './stream-records.ts';

const ID = 'binance:BTC-USDT';
const moment = {
  instrumentId: ID,
  timeMs: 1_767_225_600_000,
  receivedAtMs: 1_767_225_600_040,
  quality: 0,
} as const;
const quote: BookQuote = { ...moment, bid: ['88000.1', '1.5'], ask: ['88000.2', '2'] };
const levels: BookLevels = {
  ...moment,
  bids: [
    ['88000.1', '1.5'],
    ['88000', '3'],
  ],
  asks: [['88000.2', '2']],
  depths: [{ bps: 5, bidQuantity: decimal('4.5'), askQuantity: null }],
};
const level = (price: string, quantity: string) => ({ price: decimal(price), quantity: decimal(quantity) });
const readQuote = { ...moment, bid: level('88000.1', '1.5'), ask: level('88000.2', '2') };

const told: ToldTrade = {
  instrumentId: ID,
  tradeId: '1',
  price: '88000.1',
  quantity: '1',
  takerSide: 'B',
  timeMs: moment.timeMs,
  receivedAtMs: moment.receivedAtMs,
};

function recordsOf(packer: LanePacker): Extract<LaneRecord, { kind: 'trades' }>[] {
  return packer.take().map(({ data }) => {
    const record = parseLaneRecord(Buffer.from(data).toString('utf8'));
    if (record.kind !== 'trades') throw new Error(record.kind);
    return record;
  });
}

describe('quotes and levels in a lane record', () => {
  it('come out as they went in, each in its place among the trades that can be read', () => {
    const packer = new LanePacker(() => 'session');
    packer.addBook({ kind: 'quote', quote });
    packer.addTrade({ ...told, price: 'none' });
    packer.addTrade(told);
    packer.addBook({ kind: 'quote', quote: { ...quote, bid: null } });
    packer.addBook({ kind: 'levels', levels });
    packer.addTrade({ ...told, tradeId: '2' });
    packer.addBook({ kind: 'quote', quote: { ...quote, ask: null, quality: qualityOf('gap') } });
    const [record] = recordsOf(packer);
    expect(record!.trades.map(({ tradeId }) => tradeId)).toEqual([1, 2]);
    expect(readBookRows(record!)).toMatchObject({
      quotes: [
        { ...readQuote, tradesBefore: 0 },
        { ...readQuote, bid: null, tradesBefore: 1 },
        { ...readQuote, ask: null, quality: qualityOf('gap'), tradesBefore: 2 },
      ],
      levels: [
        {
          ...moment,
          bids: [level('88000.1', '1.5'), level('88000', '3')],
          asks: [level('88000.2', '2')],
          depths: levels.depths,
          tradesBefore: 1,
        },
      ],
    });
    expect(record!.watermarks).toEqual([]);
    expect(record!.laneWatermarkMs).toBeNull();
  });

  it('are left out where there are none', () => {
    const packer = new LanePacker(() => 'session');
    packer.addTrade(told);
    const [record] = recordsOf(packer);
    expect(Object.keys(record!)).not.toEqual(expect.arrayContaining(['books']));
    expect(readBookRows(record!)).toEqual({ quotes: [], levels: [], poison: [] });
  });

  it('are of a bounded number in a record', () => {
    const packer = new LanePacker(() => 'session');
    for (let n = 0; n <= MAX_QUOTES_A_RECORD; n++) packer.addBook({ kind: 'quote', quote });
    for (let n = 0; n <= MAX_LEVELS_A_RECORD; n++) packer.addBook({ kind: 'levels', levels });
    const counts = recordsOf(packer).map((record) => {
      const { quotes, levels: all } = readBookRows(record);
      return [quotes.length, all.length];
    });
    expect(counts).toEqual([
      [1000, 0],
      [1, 100],
      [0, 1],
    ]);
  });

  it('are set aside with their cause where they are none, and what is beside them goes on', () => {
    const packer = new LanePacker(() => 'session');
    packer.addBook({ kind: 'quote', quote: { ...quote, bid: ['88000.2', '1'] } });
    packer.addTrade(told);
    packer.addBook({ kind: 'quote', quote });
    const [record] = recordsOf(packer);
    expect([record!.trades.length, record!.poison]).toEqual([1, []]);
    const { quotes, poison } = readBookRows(record!);
    expect(quotes).toHaveLength(1);
    expect(poison).toEqual([
      {
        cause: 'levels: not sorted, or crossed, and no flag says so',
        payload: expect.stringContaining('88000.2'),
        instrumentId: ID,
      },
    ]);
  });
});

function changed(row: readonly unknown[], at: number, value: unknown): unknown[] {
  return row.map((field, n) => (n === at ? value : field));
}

describe('a row of a quote', () => {
  const row = quoteRow(0, 0, quote);

  it('may be flagged as crossed, but no crossed one goes without', () => {
    const crossed = { ...quote, bid: quote.ask };
    for (const flag of ['crossed-book', 'gap', 'checksum-failed', 'stale-book'] as const)
      expect(readQuoteRow(quoteRow(0, 0, { ...crossed, quality: qualityOf(flag) }), [ID])).toMatchObject({
        quality: qualityOf(flag),
      });
    expect(readQuoteRow(quoteRow(0, 0, crossed), [ID])).toMatch(/crossed/);
    expect(readQuoteRow(quoteRow(0, 0, { ...crossed, quality: qualityOf('resync') }), [ID])).toMatch(
      /crossed/,
    );
  });

  it.each([
    [row.slice(1), 'expected a row of 7 fields'],
    [changed(row, 0, 1), 'no such instrument: 1'],
    [changed(row, 1, -1), 'place: expected a number of trades, got -1'],
    [changed(row, 2, ['0', '1']), 'level: expected a price above zero and a quantity, got ["0","1"]'],
    [changed(row, 2, ['1', '-1']), 'level: expected a price above zero and a quantity, got ["1","-1"]'],
    [changed(row, 2, 7), 'level: expected a price above zero and a quantity, got 7'],
    [changed(row, 3, ['1', null]), 'level: expected a price above zero and a quantity, got ["1",null]'],
    [changed(row, 4, 1.5), 'time: expected milliseconds since the epoch, got 1.5'],
    [changed(row, 4, moment.receivedAtMs + 3_600_001), expect.stringMatching(/^time: /)],
    [changed(row, 5, null), 'received time: expected milliseconds, got null'],
    [changed(row, 6, 'fine'), 'quality: expected the bits of flags, got "fine"'],
    [changed(row, 6, 2 ** 32), 'quality: expected the bits of flags, got 4294967296'],
  ])('that is none says why: %j', (wrong, cause) => {
    expect(readQuoteRow(wrong, [ID])).toEqual(cause);
  });
});

describe('a row of levels', () => {
  const row = levelsRow(0, 0, levels);

  it('has at most twenty a side, sorted', () => {
    const many = Array.from({ length: 21 }, (_, n) => [String(100 - n), '1'] as const);
    expect(readLevelsRow(levelsRow(0, 0, { ...levels, bids: many }), [ID])).toMatch(/at most 20/);
    const twenty = many.slice(1);
    expect(readLevelsRow(levelsRow(0, 0, { ...levels, bids: twenty }), [ID])).toMatchObject({
      bids: twenty.map(([price, quantity]) => level(price, quantity)),
    });
    const reversed = levelsRow(0, 0, { ...levels, bids: twenty.toReversed() });
    expect(readLevelsRow(reversed, [ID])).toMatch(/sorted/);
  });

  it.each([
    [changed(row, 2, 7), 'levels: expected two lists'],
    [changed(row, 3, [7]), 'level: expected a price above zero and a quantity, got 7'],
    [changed(row, 7, null), 'depths: expected a list of at most 10'],
    [changed(row, 7, [[0, '1', '1']]), 'depth: expected [basis points, quantity, quantity], got [0,"1","1"]'],
    [changed(row, 7, [[5, '-1', null]]), expect.stringMatching(/^depth: /)],
    [changed(row, 7, [[5, '1']]), expect.stringMatching(/^depth: /)],
  ])('that is none says why: %j', (wrong, cause) => {
    expect(readLevelsRow(wrong, [ID])).toEqual(cause);
  });
});
