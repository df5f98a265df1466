/** What venues told and recorded, and which of it is said to disagree. For a thread of its own: rows are handed over as data. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replayCaptures } from '../../collector/tape/replay.ts';
import { verifyCapture, type VerifiedCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { readBookRows } from '../../shared/contracts/stream-records.ts';
import { isFlagged, UNFLAGGED } from '../../shared/domain/market-data/quality-flags.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { writeCapture } from '../platform/write-capture.ts';
import { openMemoryState } from './memory-state.ts';
import { recordedLines } from './recorded-capture.ts';
import { recordVenues, type RecordedVenuesOptions } from './recorded-venues.ts';
import { RecordingStreamWriter } from './recording-stream-writer.ts';

const quiet = createLog({ write: () => undefined }, 'error');
const MOST_RUNS = 100;

/** A row of a lane: whether it is flagged, and what it tells. */
export interface JudgedRow {
  readonly instrumentId: string;
  readonly receivedAtMs: number;
  readonly name: string;
  readonly disagrees: boolean;
}

/** Trades and quotes, each once. */
function judgedRows(writer: RecordingStreamWriter): readonly JudgedRow[] {
  const rows = new Map<string, JudgedRow>();
  const note = (
    kind: string,
    row: { instrumentId: string; timeMs: number; receivedAtMs: number; quality?: number },
    what: string,
  ): void => {
    const { instrumentId, timeMs, receivedAtMs, quality = UNFLAGGED } = row;
    const name = `${kind} ${instrumentId} ${timeMs} ${what}`;
    const disagrees = isFlagged(quality, 'venues-disagree');
    // What is sent again says the same again.
    if ((rows.get(name)?.disagrees ?? disagrees) !== disagrees)
      throw new Error(`${name}: told otherwise before`);
    rows.set(name, { instrumentId, receivedAtMs, name, disagrees });
  };
  for (const record of writer.trades()) {
    for (const trade of record.trades) note('trade', trade, `${trade.tradeId} ${trade.price}`);
    for (const quote of readBookRows(record).quotes)
      note('quote', quote, `${quote.bid?.price} ${quote.ask?.price}`);
  }
  return [...rows.values()];
}

export interface Recorded {
  readonly lines: readonly string[];
  readonly rows: readonly JudgedRow[];
}

export async function recordAndJudge(options: RecordedVenuesOptions): Promise<Recorded> {
  const writer = await recordVenues(options);
  return { lines: recordedLines(writer), rows: judgedRows(writer) };
}

/** @returns what is sent. */
export async function replayAndJudge({
  captures,
  boundaries,
}: {
  readonly captures: readonly (readonly string[])[];
  /** After how many of them it is broken off, and begun again until it is over; null: it is not. */
  readonly boundaries: number | null;
}): Promise<readonly JudgedRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-judged-venues-'));
  try {
    const files = await Promise.all(
      captures.map(async (lines, n) => {
        const path = join(folder, `${n}.ndjson.gz`);
        writeCapture(path, lines);
        return verifyCapture(path);
      }),
    );
    return judgedRows(await replayed(files, boundaries ?? Infinity));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function replayed(
  files: readonly VerifiedCapture[],
  boundaries: number,
): Promise<RecordingStreamWriter> {
  const writer = new RecordingStreamWriter();
  const state = openMemoryState();
  for (let runs = 0; runs < MOST_RUNS; runs++) {
    const stop = new AbortController();
    let settled = 0;
    const outcome = await replayCaptures({
      files,
      writer,
      state,
      gate: {
        advanceTo: () => undefined,
        settled: async () => {
          if (boundaries < Infinity) await sleep(1);
          if (++settled > boundaries) stop.abort();
        },
      },
      speed: 'max',
      signal: stop.signal,
      log: quiet,
    });
    if (outcome.kind !== 'aborted') return writer;
  }
  throw new Error(`not over after ${MOST_RUNS} runs`);
}
