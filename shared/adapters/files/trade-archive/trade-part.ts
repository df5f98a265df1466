/**
 * A Parquet file of some trades of one instrument. Its rows are in order of (time, trade id); what a trade has is all that
 * its bytes depend on. Its footer says how many of its trades lie in each hour, so that nobody need read them to know.
 */
import { parquetMetadata, parquetReadObjects, type CompressionCodec, type FileMetaData } from 'hyparquet';
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { openTimeOf } from '../../../domain/candles/interval.ts';
import { DECIMAL_PLACES } from '../../../domain/decimal.ts';
import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { UNFLAGGED } from '../../../domain/market-data/quality-flags.ts';
import type { Trade } from '../../../domain/market-data/trade.ts';

const PART_NOTE = 'millrace.trades';

/** Rows that are encoded at once, in less than a tenth of a second: a platform in one process stands still for it. */
const ROWS_A_GROUP = 10_000;
const CODEC: CompressionCodec = 'SNAPPY';
const CREATED_BY = 'millrace';

/** As ClickHouse has them: 26 digits before the point and 12 behind. */
const AMOUNT = {
  type: 'FIXED_LEN_BYTE_ARRAY',
  type_length: 16,
  converted_type: 'DECIMAL',
  logical_type: { type: 'DECIMAL', precision: 38, scale: DECIMAL_PLACES },
  precision: 38,
  scale: DECIMAL_PLACES,
} as const;
const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
const TIME = {
  type: 'INT64',
  converted_type: 'TIMESTAMP_MILLIS',
  logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
} as const;

const COLUMNS: readonly SchemaElement[] = [
  { name: 'instrumentId', ...TEXT },
  { name: 'time', ...TIME },
  { name: 'tradeId', type: 'INT64' },
  { name: 'price', ...AMOUNT },
  { name: 'quantity', ...AMOUNT },
  { name: 'takerSide', ...TEXT },
  { name: 'quality', type: 'INT32', converted_type: 'UINT_32' },
];
const SCHEMA: SchemaElement[] = [
  { name: 'trades', num_children: COLUMNS.length },
  ...COLUMNS.map((column): SchemaElement => ({ ...column, repetition_type: 'REQUIRED' })),
];

/** Trades by the hour of their time: where each begins → how many. */
export type TradesByHour = ReadonlyMap<number, number>;

interface PartNote {
  readonly v: 1;
  readonly instrumentId: InstrumentId;
  readonly hours: readonly (readonly [hourMs: number, trades: number])[];
}

/** Takes trades in their order, holds some thousands of them, and gives the file. */
export class TradePartWriter {
  readonly #instrumentId: InstrumentId;
  readonly #bytes = new ByteWriter();
  readonly #parquet: ParquetWriter;
  readonly #hours = new Map<number, number>();
  #waiting: Trade[] = [];
  #count = 0;

  constructor(instrumentId: InstrumentId) {
    this.#instrumentId = instrumentId;
    this.#parquet = new ParquetWriter({
      writer: this.#bytes,
      schema: SCHEMA,
      codec: CODEC,
      createdBy: CREATED_BY,
    });
  }

  get count(): number {
    return this.#count;
  }

  get hours(): TradesByHour {
    return this.#hours;
  }

  add(trade: Trade): void {
    const hourMs = openTimeOf(trade.timeMs, '1h');
    this.#hours.set(hourMs, (this.#hours.get(hourMs) ?? 0) + 1);
    this.#count++;
    this.#waiting.push(trade);
    if (this.#waiting.length === ROWS_A_GROUP) this.#writeGroup();
  }

  /** The file. Nothing may be added any more. */
  end(): Uint8Array {
    if (this.#waiting.length > 0) this.#writeGroup();
    const note: PartNote = { v: 1, instrumentId: this.#instrumentId, hours: [...this.#hours] };
    this.#parquet.kvMetadata = [{ key: PART_NOTE, value: JSON.stringify(note) }];
    void this.#parquet.finish();
    return this.#bytes.getBytes();
  }

  #writeGroup(): void {
    const trades = this.#waiting;
    this.#waiting = [];
    void this.#parquet.write({
      rowGroupSize: trades.length,
      columnData: [
        { name: 'instrumentId', data: trades.map(({ instrumentId }) => instrumentId) },
        {
          name: 'time',
          data: trades.map(({ timeMs }) => BigInt(timeMs)),
          encoding: 'DELTA_BINARY_PACKED',
        },
        {
          name: 'tradeId',
          data: trades.map(({ tradeId }) => BigInt(tradeId)),
          encoding: 'DELTA_BINARY_PACKED',
        },
        { name: 'price', data: trades.map(({ price }) => price) },
        { name: 'quantity', data: trades.map(({ quantity }) => quantity) },
        { name: 'takerSide', data: trades.map(({ takerSide }) => takerSide) },
        { name: 'quality', data: trades.map(({ quality = UNFLAGGED }) => quality) },
      ],
    });
  }
}

/** Where a part should lie there is a file that is none, or one of another instrument. */
export class NoSuchPart extends Error {
  override readonly name = 'NoSuchPart';
}

/** What a part says of itself. @throws NoSuchPart */
export function hoursOfPart(part: Uint8Array, instrumentId: InstrumentId, key: string): TradesByHour {
  const note = noteOf(metadataOf(part, key));
  if (note === null) throw new NoSuchPart(`${key}: expected a file of trades as it is written here`);
  if (note.instrumentId !== instrumentId)
    throw new NoSuchPart(`${key}: is of ${note.instrumentId}, expected ${instrumentId}`);
  return new Map(note.hours);
}

function metadataOf(part: Uint8Array, key: string): FileMetaData {
  try {
    return parquetMetadata(bufferOf(part));
  } catch (error) {
    throw new NoSuchPart(`${key}: is no Parquet file that can be read`, { cause: error });
  }
}

/** What a file of ours says in its footer; null: it is of others. */
export function noteOf(metadata: FileMetaData): Pick<PartNote, 'instrumentId' | 'hours'> | null {
  const note = metadata.key_value_metadata?.find(({ key }) => key === PART_NOTE)?.value;
  if (note === undefined) return null;
  const { v, ...said } = JSON.parse(note) as PartNote;
  if (v !== 1) throw new Error(`${PART_NOTE}: version ${String(v)}, this release reads 1`);
  return said;
}

/** The trades of a part by what they are known by, in their order. */
export interface TradeKeys {
  readonly timesMs: Float64Array;
  readonly tradeIds: Float64Array;
}

export async function keysOfPart(part: Uint8Array): Promise<TradeKeys> {
  const file = bufferOf(part);
  const rows = await parquetReadObjects({ file, columns: ['time', 'tradeId'] });
  const timesMs = new Float64Array(rows.length);
  const tradeIds = new Float64Array(rows.length);
  for (const [n, { time, tradeId }] of rows.entries()) {
    timesMs[n] = (time as Date).getTime();
    tradeIds[n] = Number(tradeId as bigint);
  }
  return { timesMs, tradeIds };
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
