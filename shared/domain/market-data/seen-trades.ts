/**
 * Which trade ids of an instrument have been seen: everything up to `lastId` but the missing ranges. Venues number
 * their trades upwards, so a few ranges tell a late trade from a repeated one for ever.
 * Plain JSON, changed in place by `observeTrade`: a fold sees millions.
 */
export interface SeenTrades {
  /** −1 before the first trade. */
  lastId: number;
  /** Ids never seen below `lastId`, ascending, as [from, to] inclusive. */
  readonly missing: [from: number, to: number][];
  /** The greatest id of a gap that was given up: whether it was seen is not known any more. Left out before the first. */
  givenUpThroughId?: number;
}

/**
 * Past this many gaps the oldest is given up: a trade from it counts as repeated. As many of every instrument of a lane
 * fit into the lane's item, which has 400 KB.
 */
export const MAX_MISSING_RANGES = 100;

export function nothingSeen(): SeenTrades {
  return { lastId: -1, missing: [] };
}

export type Observation = 'next' | 'after-gap' | 'late' | 'repeated';

/** Takes note of an id. `late`: it fills a gap; `repeated`: it was seen before. */
export function observeTrade(seen: SeenTrades, tradeId: number): Observation {
  const { lastId } = seen;
  if (tradeId > lastId) {
    seen.lastId = tradeId;
    if (tradeId === lastId + 1 || lastId === -1) return 'next';
    seen.missing.push([lastId + 1, tradeId - 1]);
    keepBound(seen);
    return 'after-gap';
  }
  if (!takeMissing(seen.missing, tradeId)) return 'repeated';
  // A trade in the middle of a gap makes two of it.
  keepBound(seen);
  return 'late';
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
