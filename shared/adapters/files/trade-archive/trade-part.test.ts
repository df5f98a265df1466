import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { decimal } from '../../../domain/decimal.ts';
import { MAX_TRADE_ID, type Trade } from '../../../domain/market-data/trade.ts';
import { openPublished } from '../published/published-file.ts';
import { hoursOfPart, keysOfPart, NoSuchPart, TradePartWriter } from './trade-part.ts';

const INSTRUMENT = 'binance:币安人生-USDT';
const DAY_MS = Date.UTC(2024, 7, 9);
const HOUR_MS = 3_600_000;
const folder = temporaryFolder();
let files = 0;

const amounts = fc.bigInt(1n, 10n ** 27n);
const trades: fc.Arbitrary<readonly Trade[]> = fc
  .array(
    fc.record({
      tradeId: fc.integer({ min: 0, max: MAX_TRADE_ID }),
      price: amounts,
      quantity: amounts,
      takerSide: fc.constantFrom('BUY' as const, 'SELL' as const),
      timeMs: fc.integer({ min: DAY_MS, max: DAY_MS + 24 * HOUR_MS - 1 }),
      quality: fc.constantFrom(undefined, 1, 64, 2 ** 31, 2 ** 32 - 1),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((told) =>
    told
      .map(({ quality, ...trade }) => ({
        ...trade,
        instrumentId: INSTRUMENT,
        ...(quality === undefined ? {} : { quality }),
      }))
      .sort((a, b) => a.timeMs - b.timeMs || a.tradeId - b.tradeId),
  );

function partOf(tape: readonly Trade[]): Uint8Array {
  const writer = new TradePartWriter(INSTRUMENT);
  for (const trade of tape) writer.add(trade);
  return writer.end();
}

/** As `millrace history --file` reads it. */
async function readBack(part: Uint8Array): Promise<readonly Trade[]> {
  const path = join(folder, `${files++}.parquet`);
  writeFileSync(path, part);
  const file = await openPublished(path);
  expect(file).toMatchObject({ kind: 'trades', instrumentId: INSTRUMENT });
  const read: Trade[] = [];
  for await (const rows of file.read())
    for (const row of rows) {
      if (!('row' in row) || row.row.kind !== 'trade') throw new Error(JSON.stringify(row));
      const { tradeId, price, quantity, isBuyerMaker, timeMs, quality } = row.row;
      read.push({
        ...{ instrumentId: INSTRUMENT, tradeId, price, quantity, timeMs },
        takerSide: isBuyerMaker ? 'SELL' : 'BUY',
        ...(quality === undefined ? {} : { quality }),
      });
    }
  return read;
}

const trade = (tradeId: number, timeMs: number): Trade => ({
  ...{ instrumentId: INSTRUMENT, tradeId, timeMs, takerSide: 'BUY' },
  ...{ price: decimal('61837.63'), quantity: decimal('0.00001') },
});

describe('a part of the archive of trades', () => {
  it('gives back each trade to the last digit, with what is said against it', async () => {
    await fc.assert(
      fc.asyncProperty(trades, async (tape) => {
        expect(await readBack(partOf(tape))).toEqual(tape);
      }),
      { numRuns: 40 },
    );
  });

  it('is the same bytes for the same trades, and says how many there are in each hour', () => {
    fc.assert(
      fc.property(trades, (tape) => {
        const part = partOf(tape);
        expect(Buffer.from(partOf(tape)).equals(part)).toBe(true);
        const hours = Map.groupBy(tape, ({ timeMs }) => timeMs - (timeMs % HOUR_MS));
        expect([...hoursOfPart(part, INSTRUMENT, 'key')]).toEqual(
          [...hours].map(([hourMs, { length }]) => [hourMs, length]),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('is cut into groups of rows, of which each tells its bounds', async () => {
    const tape = Array.from({ length: 25_000 }, (_, n) => trade(n, DAY_MS + n));
    const part = partOf(tape);
    const metadata = parquetMetadata(part.slice().buffer);
    expect(metadata.row_groups.map((group) => Number(group.num_rows))).toEqual([10_000, 10_000, 5000]);
    const times = metadata.row_groups.map((group) => group.columns[1]!.meta_data!.statistics!.min_value);
    expect(times).toEqual([0, 10_000, 20_000].map((n) => new Date(DAY_MS + n)));
    const { timesMs, tradeIds } = await keysOfPart(part);
    expect([...timesMs]).toEqual(tape.map(({ timeMs }) => timeMs));
    expect([...tradeIds]).toEqual(tape.map(({ tradeId }) => tradeId));
  });

  it('has columns as others name and type them', async () => {
    const part = partOf([trade(1, DAY_MS + 5)]);
    const file = part.slice().buffer;
    const { schema } = parquetMetadata(file);
    expect(schema.slice(1).map(({ name, type, converted_type }) => [name, converted_type ?? type])).toEqual([
      ...[
        ['instrumentId', 'UTF8'],
        ['time', 'TIMESTAMP_MILLIS'],
        ['tradeId', 'INT64'],
      ],
      ...[
        ['price', 'DECIMAL'],
        ['quantity', 'DECIMAL'],
        ['takerSide', 'UTF8'],
        ['quality', 'UINT_32'],
      ],
    ]);
    expect(await parquetReadObjects({ file })).toEqual([
      {
        ...{ instrumentId: INSTRUMENT, time: new Date(DAY_MS + 5), tradeId: 1n, takerSide: 'BUY' },
        ...{ price: 61837.63, quantity: 0.00001, quality: 0 },
      },
    ]);
  });

  it('is told from other files, and from those of another instrument', () => {
    const part = partOf([trade(1, DAY_MS)]);
    expect(() => hoursOfPart(part, 'binance:BTC-USDT', 'key')).toThrow(
      new NoSuchPart(`key: is of ${INSTRUMENT}, expected binance:BTC-USDT`),
    );
    expect(() => hoursOfPart(part.slice(0, 100), INSTRUMENT, 'key')).toThrow(
      'key: is no Parquet file that can be read',
    );
  });
});
