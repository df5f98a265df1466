/**
 * Which trades of an instrument have been seen: every id up to `lastId` but the missing ranges. Venues number their
 * trades upwards as time goes on, so a few ranges tell a late trade from all others for ever. What they do not tell (a
 * trade from before the first, an id that came before, one from before the ids began anew) is undecided: whoever has the
 * trades themselves knows them by time and id.
 * Plain JSON, changed in place by `observeTrade`: a fold sees millions.
 */
export interface SeenTrades {
  /** −1 before the first trade. */
  lastId: number;
  /** Ids never seen below `lastId`, ascending, as [from, to] inclusive. */
  readonly missing: [from: number, to: number][];
  /** The greatest id of a gap that was given up: whether it was seen is not known any more. Left out before the first. */
  givenUpThroughId?: number;
  /** The greatest time of a trade. Left out before the first, and where it was not kept. */
  newestMs?: number;
  /** When the venue's ids began anew. Left out where they never did. */
  sinceMs?: number;
}

/**
 * Past this many gaps the oldest is given up: a trade from it is undecided. As many of every instrument of a lane fit into
 * the lane's item, which has 400 KB.
 */
export const MAX_MISSING_RANGES = 100;

/** Ids ascend as time does, but for the disorder within a venue. What lies further back is of another time. */
const MAX_DISORDER_MS = 60_000;

export function nothingSeen(): SeenTrades {
  return { lastId: -1, missing: [] };
}

export type Observation =
  | 'next'
  | 'after-gap'
  /** It fills a gap. */
  | 'late'
  /** The venue's ids begin anew with it. */
  | 'reset'
  /** It may have been seen before, or never. */
  | 'undecided';

/** Takes note of a trade. An undecided one changes nothing. */
export function observeTrade(seen: SeenTrades, tradeId: number, timeMs: number): Observation {
  const { lastId, newestMs } = seen;
  if (tradeId > lastId) {
    if (newestMs !== undefined && timeMs < newestMs) {
      if (isOfAnotherTime(seen, newestMs, timeMs)) return 'undecided';
    } else seen.newestMs = timeMs;
    seen.lastId = tradeId;
    if (tradeId === lastId + 1 || lastId === -1) return 'next';
    seen.missing.push([lastId + 1, tradeId - 1]);
    keepBound(seen);
    return 'after-gap';
  }
  if (seen.sinceMs !== undefined && timeMs < seen.sinceMs) return 'undecided';
  if (takeMissing(seen.missing, tradeId)) {
    // A trade in the middle of a gap makes two of it.
    keepBound(seen);
    if (newestMs !== undefined && timeMs > newestMs) seen.newestMs = timeMs;
    return 'late';
  }
  if (newestMs === undefined || timeMs <= newestMs) return 'undecided';
  beginAnew(seen, tradeId, timeMs);
  return 'reset';
}

/**
 * Whether an undecided trade, should it be new, says that ids went back without a reset: of one instant with the newest, a
 * smaller id follows a greater. Of one that is older nobody knows, since it may only have come late.
 */
export function isRegression({ lastId, newestMs }: SeenTrades, tradeId: number, timeMs: number): boolean {
  return tradeId < lastId && timeMs === newestMs;
}

function isOfAnotherTime({ sinceMs = -1 }: SeenTrades, newestMs: number, timeMs: number): boolean {
  return timeMs < sinceMs || timeMs < newestMs - MAX_DISORDER_MS;
}

function beginAnew(seen: SeenTrades, tradeId: number, timeMs: number): void {
  seen.lastId = tradeId;
  seen.missing.length = 0;
  // Nobody knows how many went before it.
  seen.givenUpThroughId = tradeId - 1;
  seen.newestMs = timeMs;
  seen.sinceMs = timeMs;
}

/** A trade from before the first: everything between the two is missing from now on. */
export function observeEarlier(seen: SeenTrades, tradeId: number, firstId: number): void {
  if (tradeId + 1 < firstId) seen.missing.unshift([tradeId + 1, firstId - 1]);
  keepBound(seen);
}

function keepBound(seen: SeenTrades): void {
  if (seen.missing.length <= MAX_MISSING_RANGES) return;
  const [, to] = seen.missing.shift()!;
  seen.givenUpThroughId = Math.max(to, seen.givenUpThroughId ?? -1);
}

function takeMissing(missing: [number, number][], tradeId: number): boolean {
  const at = missing.findIndex(([from, to]) => from <= tradeId && tradeId <= to);
  if (at < 0) return false;
  const [from, to] = missing[at]!;
  const rest: [number, number][] = [];
  if (from < tradeId) rest.push([from, tradeId - 1]);
  if (tradeId < to) rest.push([tradeId + 1, to]);
  missing.splice(at, 1, ...rest);
  return true;
}

/** Whether an id between the two, both included, has never been seen, or is of a gap that was given up. */
export function mayLack(seen: SeenTrades, fromId: number, toId: number): boolean {
  const { missing, givenUpThroughId = -1 } = seen;
  return fromId <= givenUpThroughId || missing.some(([from, to]) => from <= toId && fromId <= to);
}

/** Whether an id that is not past the last one is known to be missing. */
export function isMissing({ missing }: SeenTrades, tradeId: number): boolean {
  return missing.some(([from, to]) => from <= tradeId && tradeId <= to);
}
