/**
 * What travels on the streams. A record packs many trades of one lane; commands for the paper venue (lane-commands.ts) enter
 * the same lane, which is what puts them in one order with the tape.
 */
import * as z from 'zod';
import { parseTradeId } from '../domain/market-data/trade.ts';
import { timeMs } from './events.ts';
import { commandRecords, isCommandKind, type CommandRecordV1 } from './lane-commands.ts';
import { venueOffsetMs } from './instrument-fields.ts';
import { fence } from './fence.ts';
import {
  readLevelsRow,
  readQuoteRow,
  type LevelsRow,
  type QuoteRow,
  type ReceivedLevels,
  type ReceivedQuote,
} from './book-rows.ts';
import { poisonRow, readTradeRow, type PoisonTrade, type ReceivedTrade, type TradeRow } from './lane-rows.ts';

/** Kinesis bills a record by its size and takes at most 1 MB; 500 trades are about 45 KB. */
export const MAX_TRADES_A_RECORD = 500;

/** A second of a hundred instruments is less. */
export const MAX_QUOTES_A_RECORD = 1000;
/** Each has twenty levels a side: about 150 KB. */
export const MAX_LEVELS_A_RECORD = 100;

export interface TradesRecordV1 {
  readonly v: 1;
  readonly kind: 'trades';
  readonly lane: string;
  /** Of the collector that sent it; left out where no lease is held, as in a replay. */
  readonly fence?: number;
  /**
   * Names one unbroken observation of the venue, over as many connections as it took; a new one means that trades may
   * have been missed of which no later id will tell.
   */
  readonly sessionId: string;
  readonly instruments: readonly string[];
  readonly trades: readonly TradeRow[];
  /** Venue time that a heartbeat proved for all instruments of the lane, less the 1 s grace; null: none. */
  readonly laneWatermarkMs: number | null;
  /** How far the venue's clock is ahead of that of the collector; left out where nobody listens, as in a replay. */
  readonly venueOffsetMs?: number;
  /** [instrument index, time]: no trade of the instrument before this time will follow. */
  readonly watermarks: readonly (readonly [instrumentIndex: number, timeMs: number])[];
  /** [instrument index, trade id]: the trade that moved the instrument's watermark, and follows in a later record. */
  readonly nextTradeIds?: readonly (readonly [instrumentIndex: number, tradeId: string])[];
  /** Best prices of books, and their best levels; each row says how many trades of the record came before it. */
  readonly quotes?: readonly QuoteRow[];
  readonly levels?: readonly LevelsRow[];
  /** What a venue message said that could not be read as a trade, whole: [raw text, cause]. */
  readonly malformed?: readonly (readonly [raw: string, cause: string])[];
  /** The tape has come to its end: nothing of it follows. */
  readonly ends?: true;
}

export interface Watermark {
  readonly instrumentId: string;
  /** No trade of the instrument before this time will follow. */
  readonly timeMs: number;
  /** Of the trade that will, where the sender knew it; null: it did not. */
  readonly nextTradeId: number | null;
}

/** The rows of a record that tell of books, as they came. */
export interface UnreadBooks {
  readonly quotes: readonly unknown[];
  readonly levels: readonly unknown[];
  /** How many trades were read of the first so many rows of them. */
  readonly readBefore: readonly number[];
}

export type LaneRecord =
  | {
      readonly kind: 'trades';
      readonly lane: string;
      /** null: it passes whatever the lane's is. */
      readonly fence: number | null;
      readonly sessionId: string;
      readonly instruments: readonly string[];
      readonly trades: readonly ReceivedTrade[];
      readonly poison: readonly PoisonTrade[];
      readonly laneWatermarkMs: number | null;
      readonly venueOffsetMs?: number;
      readonly watermarks: readonly Watermark[];
      /** Left out where the record has none. Nearly all who read a record have no use for them: see `readBookRows`. */
      readonly books?: UnreadBooks;
      /** It is the last of its tape. */
      readonly ends?: true;
    }
  | CommandRecordV1
  | { readonly kind: 'unreadable'; readonly cause: string; readonly payload: string };

const tradesEnvelope = z.object({
  v: z.literal(1),
  kind: z.literal('trades'),
  lane: z.string().regex(/^[a-z][a-z0-9]+#\d+$/),
  fence: fence.optional(),
  sessionId: z.string().max(100),
  instruments: z.array(z.string()).max(1024),
  trades: z.array(z.unknown()).max(MAX_TRADES_A_RECORD),
  laneWatermarkMs: timeMs.nullable(),
  venueOffsetMs: venueOffsetMs.optional(),
  watermarks: z.array(z.tuple([z.int().min(0), timeMs])).max(1024),
  nextTradeIds: z
    .array(z.tuple([z.int().min(0), z.string()]))
    .max(1024)
    .optional(),
  quotes: z.array(z.unknown()).max(MAX_QUOTES_A_RECORD).optional(),
  levels: z.array(z.unknown()).max(MAX_LEVELS_A_RECORD).optional(),
  malformed: z.array(z.tuple([z.string(), z.string()])).optional(),
  ends: z.literal(true).optional(),
});

/**
 * Reads one record. A trade that is not one is set aside with its cause and the rest of the record goes on:
 * a poison trade must never block its lane.
 */
export function parseLaneRecord(data: string): LaneRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch (error) {
    return { kind: 'unreadable', cause: `not JSON: ${(error as Error).message}`, payload: data };
  }
  const kind = typeof parsed === 'object' && parsed !== null && 'kind' in parsed ? parsed.kind : null;
  if (isCommandKind(kind)) {
    const result = commandRecords[kind].safeParse(parsed);
    if (!result.success) return { kind: 'unreadable', cause: firstIssue(result.error), payload: data };
    return result.data;
  }
  const envelope = tradesEnvelope.safeParse(parsed);
  if (!envelope.success) return { kind: 'unreadable', cause: firstIssue(envelope.error), payload: data };
  return readTrades(envelope.data);
}

function readTrades(envelope: z.infer<typeof tradesEnvelope>): LaneRecord {
  const trades: ReceivedTrade[] = [];
  const poison: PoisonTrade[] = [];
  const { instruments, quotes, levels } = envelope;
  const hasBooks = quotes !== undefined || levels !== undefined;
  const readBefore = [0];
  for (const row of envelope.trades) {
    const trade = readTradeRow(row, instruments);
    if (typeof trade === 'string') poison.push(poisonRow(trade, row, instruments));
    else trades.push(trade);
    if (hasBooks) readBefore.push(trades.length);
  }
  for (const [raw, cause] of envelope.malformed ?? [])
    poison.push({ cause, payload: raw, instrumentId: null });
  return {
    kind: 'trades',
    lane: envelope.lane,
    fence: envelope.fence ?? null,
    sessionId: envelope.sessionId,
    instruments,
    trades,
    poison,
    laneWatermarkMs: envelope.laneWatermarkMs,
    ...(envelope.venueOffsetMs === undefined ? {} : { venueOffsetMs: envelope.venueOffsetMs }),
    watermarks: readWatermarks(envelope),
    ...(hasBooks ? { books: { quotes: quotes ?? [], levels: levels ?? [], readBefore } } : {}),
    ...(envelope.ends === undefined ? {} : { ends: true as const }),
  };
}

export interface BookRows {
  readonly quotes: readonly ReceivedQuote[];
  readonly levels: readonly ReceivedLevels[];
  /** Rows that are none, with their cause. */
  readonly poison: readonly PoisonTrade[];
}

/** What a record tells of books. `tradesBefore` counts those in its `trades`. */
export function readBookRows({
  books,
  instruments,
  trades,
}: Pick<Extract<LaneRecord, { kind: 'trades' }>, 'books' | 'instruments' | 'trades'>): BookRows {
  const poison: PoisonTrade[] = [];
  if (books === undefined) return { quotes: [], levels: [], poison };
  const placed = <Moment extends { readonly tradesBefore: number }>(
    rows: readonly unknown[],
    read: (row: unknown, instruments: readonly string[]) => Moment | string,
  ): Moment[] =>
    rows.flatMap((row) => {
      const moment = read(row, instruments);
      if (typeof moment !== 'string')
        return [{ ...moment, tradesBefore: books.readBefore[moment.tradesBefore] ?? trades.length }];
      poison.push(poisonRow(moment, row, instruments));
      return [];
    });
  return { quotes: placed(books.quotes, readQuoteRow), levels: placed(books.levels, readLevelsRow), poison };
}

function readWatermarks({
  instruments,
  watermarks,
  nextTradeIds,
}: z.infer<typeof tradesEnvelope>): Watermark[] {
  const next = new Map(nextTradeIds);
  return watermarks.flatMap(([index, at]) => {
    const instrumentId = instruments[index];
    if (instrumentId === undefined) return [];
    return [{ instrumentId, timeMs: at, nextTradeId: parseTradeId(next.get(index)) }];
  });
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join('.') || 'record'}: ${issue.message}` : 'unreadable';
}

/** Session of trades that come again out of quarantine: no connection to the venue, so none was broken. */
export const REDRIVE_SESSION = 'redrive';
