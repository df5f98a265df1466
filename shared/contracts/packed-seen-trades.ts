/** Which trade ids have been seen, as the distances between the gaps. */
import type { SeenTrades } from '../domain/market-data/seen-trades.ts';
import { NumberReader, NumberWriter } from './packed-numbers.ts';
import type { Stored, Versions } from './versioned.ts';

/** From the newest gap back: distances between neighbours are small. */
export function writeSeen(out: NumberWriter, { lastId, missing }: SeenTrades): void {
  out.int(lastId);
  out.int(missing.length);
  let before = lastId;
  for (const [from, to] of missing.toReversed()) {
    out.int(before - to);
    out.int(to - from);
    before = from;
  }
}

export function readSeen(from: NumberReader): SeenTrades {
  const lastId = from.int();
  const missing: [number, number][] = [];
  let before = lastId;
  for (let left = from.int(); left > 0; left--) {
    const to = before - from.int();
    before = to - from.int();
    missing.push([before, to]);
  }
  return { lastId, missing: missing.reverse() };
}

/** What store-trades keeps of a lane. */
export interface LaneTradesRecord {
  readonly seen: Readonly<Record<string, SeenTrades>>;
  readonly dropped: DroppedTrades;
}

/** Trades that were left out, by cause, since the lane began. */
export interface DroppedTrades {
  /** They were stored before. */
  readonly known: number;
  /** A collector sent them that had been followed by another. */
  readonly fenced: number;
}

export const NOTHING_DROPPED: DroppedTrades = { known: 0, fenced: 0 };

const HAS_NEWEST = 1;
const HAS_SINCE = 2;
const HAS_GIVEN_UP = 4;

function lay(record: Stored & { readonly state: LaneTradesRecord }): Stored {
  const { seen, dropped } = record.state;
  const instruments = Object.entries(seen);
  const out = new NumberWriter();
  const nowMs = Math.max(0, ...instruments.map(([, { newestMs = 0 }]) => newestMs));
  out.int(nowMs);
  out.int(dropped.known);
  out.int(dropped.fenced);
  out.int(instruments.length);
  for (const [instrumentId, one] of instruments) {
    const { lastId, newestMs, sinceMs, givenUpThroughId } = one;
    out.text(instrumentId);
    writeSeen(out, one);
    out.int(
      (newestMs === undefined ? 0 : HAS_NEWEST) |
        (sinceMs === undefined ? 0 : HAS_SINCE) |
        (givenUpThroughId === undefined ? 0 : HAS_GIVEN_UP),
    );
    if (newestMs !== undefined) out.int(nowMs - newestMs);
    if (sinceMs !== undefined) out.int(nowMs - sinceMs);
    if (givenUpThroughId !== undefined) out.int(lastId - givenUpThroughId);
  }
  return { ...record, state: out.base64() };
}

function unpack(stored: Stored): unknown {
  const from = new NumberReader(stored['state'] as string);
  const nowMs = from.int();
  const dropped: DroppedTrades = { known: from.int(), fenced: from.int() };
  const instruments = Array.from({ length: from.int() }, () => {
    const instrumentId = from.text();
    const seen = readSeen(from);
    const has = from.int();
    if ((has & HAS_NEWEST) !== 0) seen.newestMs = nowMs - from.int();
    if ((has & HAS_SINCE) !== 0) seen.sinceMs = nowMs - from.int();
    if ((has & HAS_GIVEN_UP) !== 0) seen.givenUpThroughId = seen.lastId - from.int();
    return [instrumentId, seen] as const;
  });
  return { ...stored, state: { seen: Object.fromEntries(instruments), dropped } };
}

/** Of versions that knew ids alone: when the newest trade was made comes with the next one. */
function withoutTimes(stored: Stored): unknown {
  return { ...stored, state: { seen: stored['state'], dropped: NOTHING_DROPPED } };
}

function unpackIds(stored: Stored): unknown {
  const from = new NumberReader(stored['state'] as string);
  const instruments = Array.from({ length: from.int() }, () => [from.text(), readSeen(from)] as const);
  return withoutTimes({ ...stored, state: Object.fromEntries(instruments) });
}

/** How store-trades' state of a lane lies in its table. */
export const LANE_SEEN_TRADES: Versions = {
  writes: 2,
  reads: { 0: withoutTimes, 1: unpackIds, 2: unpack },
  lay,
};
