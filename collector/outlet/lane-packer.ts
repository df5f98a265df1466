import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import {
  levelsRow,
  quoteRow,
  type BookLevels,
  type BookQuote,
  type LevelsRow,
  type QuoteRow,
} from '../../shared/contracts/book-rows.ts';
import { tradeRow, type ToldTrade, type TradeRow } from '../../shared/contracts/lane-rows.ts';
import {
  MAX_LEVELS_A_RECORD,
  MAX_QUOTES_A_RECORD,
  MAX_TRADES_A_RECORD,
  type TradesRecordV1,
  type Watermark,
} from '../../shared/contracts/stream-records.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { lanesOf, laneOf, type Lane } from '../../shared/domain/market-data/lane.ts';
import { recordOfLane, type StreamRecord } from '../../shared/ports/stream-writer.ts';

/**
 * Trades that are worth an append of their own, in one lane or in all: consumers begin before a second is over, and each
 * invocation of theirs, which writes down where its lanes stand, has enough to do.
 */
const FULL_TRADES = 4000;
/** Twenty levels a side are as long as so many trades. */
const TRADES_OF_A_LEVELS_ROW = 12;
/** What cannot be read goes to quarantine, and an item there has its limits; the archive has it whole. */
const MAX_MALFORMED_CHARACTERS = 10_000;
/** Of malformed text in one record: in JSON a character may take six bytes, and a record has 1 MB. */
const FULL_MALFORMED_CHARACTERS = 30_000;

interface OpenRecord {
  readonly instruments: InstrumentId[];
  readonly trades: TradeRow[];
  readonly quotes: QuoteRow[];
  readonly levels: LevelsRow[];
  readonly watermarks: [instrumentIndex: number, timeMs: number][];
  readonly nextTradeIds: [instrumentIndex: number, tradeId: string][];
  readonly malformed: [raw: string, cause: string][];
  malformedCharacters: number;
  laneWatermarkMs: number | null;
  venueOffsetMs: number | null;
  ends: boolean;
}

/** An instrument's place in the record under way of its lane. */
interface Slot {
  readonly lane: LaneBuffer;
  record: OpenRecord | null;
  index: number;
}

interface LaneBuffer {
  readonly lane: Lane;
  readonly full: OpenRecord[];
  open: OpenRecord | null;
}

/**
 * Packs trades into records, lane by lane. Within a lane everything leaves in the order in which it came, and the
 * watermarks of a record hold after its trades.
 */
export class LanePacker {
  readonly #sessionId: () => string;
  readonly #fence: number | null;
  readonly #lanes = new Map<Lane, LaneBuffer>();
  readonly #slots = new Map<InstrumentId, Slot>();
  #trades = 0;
  /** Rows of books that wait, each for as many trades as are of its size. */
  #bookRows = 0;
  #malformedCharacters = 0;

  /**
   * @param sessionId asked when records are taken.
   * @param fence of the lease under which they are sent; null: there is none.
   */
  constructor(sessionId: () => string, fence: number | null = null) {
    this.#sessionId = sessionId;
    this.#fence = fence;
  }

  /** Trades that wait to be taken, and what is told of books as if it were trades. */
  get pendingTrades(): number {
    return this.#trades + this.#bookRows;
  }

  get hasPending(): boolean {
    return [...this.#lanes.values()].some(({ open, full }) => open !== null || full.length > 0);
  }

  /** Whether taking now gives records that are worth it. */
  get isFull(): boolean {
    return this.pendingTrades >= FULL_TRADES || this.#malformedCharacters >= FULL_MALFORMED_CHARACTERS;
  }

  addTrade(trade: ToldTrade): void {
    const slot = this.#slotOf(trade.instrumentId);
    const record = recordOf(slot.lane);
    const { trades } = record;
    trades.push(tradeRow(indexIn(record, slot, trade.instrumentId), trade));
    this.#trades++;
    if (trades.length >= MAX_TRADES_A_RECORD) closeRecord(slot.lane);
  }

  /** Behind the trades that came before it, and before those that follow. */
  addBook(told: ToldBook): void {
    if (told.kind === 'quote') this.#addQuote(told.quote);
    else this.#addLevels(told.levels);
  }

  #addQuote(quote: BookQuote): void {
    const slot = this.#slotOf(quote.instrumentId);
    const record = recordOf(slot.lane);
    const { quotes, trades } = record;
    quotes.push(quoteRow(indexIn(record, slot, quote.instrumentId), trades.length, quote));
    this.#bookRows++;
    if (quotes.length >= MAX_QUOTES_A_RECORD) closeRecord(slot.lane);
  }

  #addLevels(levels: BookLevels): void {
    const slot = this.#slotOf(levels.instrumentId);
    const record = recordOf(slot.lane);
    record.levels.push(levelsRow(indexIn(record, slot, levels.instrumentId), record.trades.length, levels));
    this.#bookRows += TRADES_OF_A_LEVELS_ROW;
    if (record.levels.length >= MAX_LEVELS_A_RECORD) closeRecord(slot.lane);
  }

  /** A message in which nothing could be located: it goes to quarantine by way of the exchange's first lane. */
  addMalformed(exchange: string, raw: string, cause: string): void {
    const lane = this.#laneNamed(lanesOf(exchange)[0]!);
    const record = recordOf(lane);
    const kept = raw.slice(0, MAX_MALFORMED_CHARACTERS);
    const note = kept.length < raw.length ? ` (the first ${kept.length} of ${raw.length} characters)` : '';
    record.malformed.push([kept, `${cause}${note}`]);
    record.malformedCharacters += kept.length;
    this.#malformedCharacters += kept.length;
    if (record.malformedCharacters >= FULL_MALFORMED_CHARACTERS) closeRecord(lane);
  }

  addWatermark({ instrumentId, timeMs, nextTradeId }: Watermark): void {
    const slot = this.#slotOf(instrumentId);
    const record = recordOf(slot.lane);
    const index = indexIn(record, slot, instrumentId);
    record.watermarks.push([index, timeMs]);
    if (nextTradeId !== null) record.nextTradeIds.push([index, String(nextTradeId)]);
  }

  /**
   * No trade of the exchange before this time will follow; null: a sign of life that proves nothing.
   * @param venueOffsetMs how far the venue's clock is ahead of ours; null: nothing is said of that.
   */
  addLaneWatermarks(exchange: string, timeMs: number | null, venueOffsetMs: number | null = null): void {
    for (const lane of lanesOf(exchange)) {
      const record = recordOf(this.#laneNamed(lane));
      record.laneWatermarkMs = timeMs ?? record.laneWatermarkMs;
      record.venueOffsetMs = venueOffsetMs ?? record.venueOffsetMs;
    }
  }

  /** The tape has come to its end. */
  addEnd(lane: Lane): void {
    recordOf(this.#laneNamed(lane)).ends = true;
  }

  /** Takes what has gathered, each lane's records in their order; one a lane, unless it was overfull. */
  take(): StreamRecord[] {
    const stamp = {
      ...(this.#fence === null ? {} : { fence: this.#fence }),
      sessionId: this.#sessionId(),
    };
    const records: StreamRecord[] = [];
    for (const buffer of this.#lanes.values()) {
      closeRecord(buffer);
      for (const record of buffer.full) records.push(encode(buffer.lane, stamp, record));
      buffer.full.length = 0;
    }
    this.#trades = 0;
    this.#bookRows = 0;
    this.#malformedCharacters = 0;
    return records;
  }

  #slotOf(instrumentId: InstrumentId): Slot {
    let slot = this.#slots.get(instrumentId);
    if (slot === undefined) {
      slot = { lane: this.#laneNamed(laneOf(instrumentId)), record: null, index: -1 };
      this.#slots.set(instrumentId, slot);
    }
    return slot;
  }

  #laneNamed(lane: Lane): LaneBuffer {
    let buffer = this.#lanes.get(lane);
    if (buffer === undefined) this.#lanes.set(lane, (buffer = { lane, full: [], open: null }));
    return buffer;
  }
}

function recordOf(lane: LaneBuffer): OpenRecord {
  lane.open ??= {
    instruments: [],
    trades: [],
    quotes: [],
    levels: [],
    watermarks: [],
    nextTradeIds: [],
    malformed: [],
    malformedCharacters: 0,
    laneWatermarkMs: null,
    venueOffsetMs: null,
    ends: false,
  };
  return lane.open;
}

function closeRecord(lane: LaneBuffer): void {
  if (lane.open === null) return;
  lane.full.push(lane.open);
  lane.open = null;
}

/** Each record names its instruments once and its rows point there. */
function indexIn(record: OpenRecord, slot: Slot, instrumentId: InstrumentId): number {
  if (slot.record !== record) {
    slot.record = record;
    slot.index = record.instruments.push(instrumentId) - 1;
  }
  return slot.index;
}

function encode(
  lane: Lane,
  stamp: Pick<TradesRecordV1, 'fence' | 'sessionId'>,
  record: OpenRecord,
): StreamRecord {
  const {
    instruments,
    trades,
    quotes,
    levels,
    laneWatermarkMs,
    watermarks,
    nextTradeIds,
    malformed,
    venueOffsetMs,
    ends,
  } = record;
  const body: TradesRecordV1 = {
    v: 1,
    kind: 'trades',
    lane,
    ...stamp,
    instruments,
    trades,
    laneWatermarkMs,
    watermarks,
    ...(nextTradeIds.length === 0 ? {} : { nextTradeIds }),
    ...(quotes.length === 0 ? {} : { quotes }),
    ...(levels.length === 0 ? {} : { levels }),
    ...(malformed.length === 0 ? {} : { malformed }),
    ...(venueOffsetMs === null ? {} : { venueOffsetMs }),
    ...(ends ? { ends } : {}),
  };
  return recordOfLane(lane, Buffer.from(JSON.stringify(body)));
}
