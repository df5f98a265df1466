import { describe, expect, it } from '@jest/globals';
import { LanePacker } from '../../collector/outlet/lane-packer.ts';
import {
  levelsRow,
  quoteRow,
  readLevelsRow,
  readQuoteRow,
  type BookLevels,
  type BookQuote,
  type ToldTrade,
} from './lane-rows.ts';
import { MAX_LEVELS_A_RECORD, MAX_QUOTES_A_RECORD, parseLaneRecord } from './stream-records.ts';

const ID = 'binance:BTC-USDT';
const moment = {
  instrumentId: ID,
  timeMs: 1_767_225_600_000,
  receivedAtMs: 1_767_225_600_040,
  state: 'whole',
} as const;
const quote: BookQuote = { ...moment, bid: ['88000.1', '1.5'], ask: ['88000.2', '2'] };
const levels: BookLevels = {
  ...moment,
  bids: [
    ['88000.1', '1.5'],
    ['88000', '3'],
  ],
  asks: [['88000.2', '2']],
};

const told: ToldTrade = {
  instrumentId: ID,
  tradeId: '1',
  price: '88000.1',
  quantity: '1',
  takerSide: 'B',
  timeMs: moment.timeMs,
  receivedAtMs: moment.receivedAtMs,
};

function recordsOf(packer: LanePacker) {
  return packer.take().map(({ data }) => {
    const record = parseLaneRecord(Buffer.from(data).toString('utf8'));
    if (record.kind !== 'trades') throw new Error(record.kind);
    return record;
  });
}

describe('quotes and levels in a lane record', () => {
  it('come out as they went in, each in its place among the trades that can be read', () => {
    const packer = new LanePacker(() => 'session');
    packer.addQuote(quote);
    packer.addTrade({ ...told, price: 'none' });
    packer.addTrade(told);
    packer.addQuote({ ...quote, bid: null });
    packer.addLevels(levels);
    packer.addTrade({ ...told, tradeId: '2' });
    packer.addQuote({ ...quote, ask: null, state: 'gap' });
    const [record] = recordsOf(packer);
    expect(record!.trades.map(({ tradeId }) => tradeId)).toEqual([1, 2]);
    expect(record!.quotes).toEqual([
      { ...quote, tradesBefore: 0 },
      { ...quote, bid: null, tradesBefore: 1 },
      { ...quote, ask: null, state: 'gap', tradesBefore: 2 },
    ]);
    expect(record!.levels).toEqual([{ ...levels, tradesBefore: 1 }]);
    expect(record!.watermarks).toEqual([]);
    expect(record!.laneWatermarkMs).toBeNull();
  });

  it('are left out where there are none', () => {
    const packer = new LanePacker(() => 'session');
    packer.addTrade(told);
    expect(Object.keys(recordsOf(packer)[0]!)).not.toEqual(expect.arrayContaining(['quotes']));
  });

  it('are of a bounded number in a record', () => {
    const packer = new LanePacker(() => 'session');
    for (let n = 0; n <= MAX_QUOTES_A_RECORD; n++) packer.addQuote(quote);
    for (let n = 0; n <= MAX_LEVELS_A_RECORD; n++) packer.addLevels(levels);
    const records = recordsOf(packer);
    expect(records.map(({ quotes = [] }) => quotes.length)).toEqual([1000, 1, 0]);
    expect(records.map((record) => (record.levels ?? []).length)).toEqual([0, 100, 1]);
  });

  it('are set aside with their cause where they are none, and the trades beside them go on', () => {
    const packer = new LanePacker(() => 'session');
    packer.addQuote({ ...quote, bid: ['88000.2', '1'] });
    packer.addTrade(told);
    const [record] = recordsOf(packer);
    expect([record!.trades.length, record!.quotes]).toEqual([1, []]);
    expect(record!.poison).toEqual([
      {
        cause: 'levels: not sorted, or crossed, and said to be whole',
        payload: expect.stringContaining('88000.2'),
        instrumentId: ID,
      },
    ]);
  });
});

describe('a row of a quote', () => {
  const row = quoteRow(0, 0, quote);
  const withField = (at: number, value: unknown): unknown[] =>
    row.map((field, n) => (n === at ? value : field));

  it('may say of a book that it is crossed, but not that a crossed one is whole', () => {
    expect(readQuoteRow(quoteRow(0, 0, { ...quote, bid: quote.ask, state: 'crossed' }), [ID])).toMatchObject({
      state: 'crossed',
    });
    expect(readQuoteRow(quoteRow(0, 0, { ...quote, bid: quote.ask }), [ID])).toMatch(/crossed/);
  });

  it.each([
    [row.slice(1), 'expected a row of 7 fields'],
    [withField(0, 1), 'no such instrument: 1'],
    [withField(1, -1), 'place: expected a number of trades, got -1'],
    [withField(2, ['0', '1']), 'level: expected a price above zero and a quantity, got ["0","1"]'],
    [withField(2, 7), 'level: expected a price above zero and a quantity, got 7'],
    [withField(3, ['1', null]), 'level: expected a price above zero and a quantity, got ["1",null]'],
    [withField(4, 1.5), 'time: expected milliseconds since the epoch, got 1.5'],
    [withField(4, moment.receivedAtMs + 3_600_001), expect.stringMatching(/^time: /)],
    [withField(5, null), 'received time: expected milliseconds, got null'],
    [withField(6, 'fine'), expect.stringMatching(/^state: expected one of syncing, whole/)],
  ])('that is none says why: %j', (wrong, cause) => {
    expect(readQuoteRow(wrong, [ID])).toEqual(cause);
  });
});

describe('a row of levels', () => {
  it('has at most twenty a side, sorted', () => {
    const many = Array.from({ length: 21 }, (_, n) => [String(100 - n), '1'] as const);
    expect(readLevelsRow(levelsRow(0, 0, { ...levels, bids: many }), [ID])).toMatch(/at most 20/);
    expect(readLevelsRow(levelsRow(0, 0, { ...levels, bids: many.slice(1) }), [ID])).toMatchObject({
      bids: many.slice(1),
    });
    expect(readLevelsRow(levelsRow(0, 0, { ...levels, bids: many.slice(1).reverse() }), [ID])).toMatch(
      /sorted/,
    );
    expect(readLevelsRow([0, 0, 7, [], moment.timeMs, moment.receivedAtMs, 'whole'], [ID])).toBe(
      'levels: expected two lists',
    );
  });
});
