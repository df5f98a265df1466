/** Which trade ids have been seen, as the distances between the gaps. */
import type { SeenTrades } from '../domain/market-data/seen-trades.ts';
import { NumberReader, NumberWriter } from './packed-numbers.ts';
import { asItLies, type Stored, type Versions } from './versioned.ts';

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

type SeenOfLane = Readonly<Record<string, SeenTrades>>;

function lay(record: Stored & { readonly state: SeenOfLane }): Stored {
  const out = new NumberWriter();
  const instruments = Object.entries(record.state);
  out.int(instruments.length);
  for (const [instrumentId, seen] of instruments) {
    out.text(instrumentId);
    writeSeen(out, seen);
  }
  return { ...record, state: out.base64() };
}

function unpack(stored: Stored): unknown {
  const from = new NumberReader(stored['state'] as string);
  const instruments = Array.from({ length: from.int() }, () => [from.text(), readSeen(from)] as const);
  return { ...stored, state: Object.fromEntries(instruments) };
}

/** How store-trades' state of a lane lies in its table. Version 1 has never been released with any other form. */
export const LANE_SEEN_TRADES: Versions = { writes: 1, reads: { 0: asItLies, 1: unpack }, lay };
