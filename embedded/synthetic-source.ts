import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CaptureMessage } from '../shared/contracts/capture.ts';
import type { StateStore } from '../shared/ports/state-store.ts';
import { SyntheticMarket, type MarketParameters } from '../simulator/synthetic-market.ts';
import { runTape, type TapeOutcome, type TapePorts } from '../collector/tape/run-tape.ts';
import { PositionKeeper } from '../collector/tape/tape-position.ts';
import type { TapeSource } from '../collector/tape/tape-source.ts';

export interface SyntheticOptions extends TapePorts {
  readonly market: MarketParameters;
  /** Event time of the first second, rounded down to it; `now`: the wall clock is the time base. */
  readonly startTimeMs: number | 'now';
  /** How many seconds the market is open, from its start (with `now`: from the start of this run); without it, for ever. */
  readonly seconds?: number;
  /** For tests. */
  readonly now?: () => number;
}

/**
 * Feeds a made-up market to the platform as a replay would be fed: same gate, same boundaries. Started again it goes
 * on with the second it was in; in real time, with the second that it is by now.
 * @throws RangeError naming a parameter that is out of bounds.
 */
export async function collectSynthetic(options: SyntheticOptions): Promise<TapeOutcome> {
  const { market: parameters, startTimeMs, seconds = Infinity, now = Date.now, ...ports } = options;
  const market = new SyntheticMarket(parameters);
  const tapeId = `simulated-${parameters.seed}-${parameters.instruments}x${parameters.tradesPerSecond}`;
  const followsTheClock = startTimeMs === 'now' && ports.speed === 1;
  const keeper = new PositionKeeper(ports.state, tapeId);
  const left = await keeper.load();
  const goesOnIn = followsTheClock || left === null ? null : market.secondOf(left.sources[tapeId]!.nextLine);
  const start = startTimeMs === 'now' ? (goesOnIn ?? secondOf(now()) + 1) : secondOf(startTimeMs);
  const tape = { ...ports, tapeId, endsForGood: startTimeMs !== 'now' };
  const source = (until: number): TapeSource => marketTape(market, tapeId, start, until);
  if (followsTheClock && left !== null && secondOf(left.clockMs) < start) {
    // Of the second behind the last boundary something may have been sent: that one is finished first.
    const sources = [source(secondOf(left.clockMs) + 1)];
    const { sessionId } = left;
    const outcome = await runTape({ ...tape, sources, sessionId, speed: 'max', timeBase: 'first-message' });
    if (outcome.kind === 'aborted') return outcome;
    await passOver(ports.state, tapeId, market.firstLineOf(start));
  }
  return runTape({
    ...tape,
    sources: [source(start + seconds)],
    sessionId: followsTheClock ? `${tapeId}-${start}` : tapeId,
    timeBase: followsTheClock ? 'wall' : 'first-message',
  });
}

/**
 * A market that follows the wall clock was closed while nobody ran it: the seconds between are passed over, as trades
 * of a venue are that nobody listened to.
 */
async function passOver(state: StateStore, tapeId: string, firstLine: number): Promise<void> {
  const keeper = new PositionKeeper(state, tapeId);
  const position = (await keeper.load())!;
  const { archive } = position.sources[tapeId]!;
  const nextChunks = Object.entries(archive).map(
    ([exchange, { chunk }]) => [exchange, { chunk, firstLine }] as const,
  );
  await keeper.save({
    ...position,
    sources: { [tapeId]: { nextLine: firstLine, archive: Object.fromEntries(nextChunks) } },
  });
}

function secondOf(timeMs: number): number {
  return Math.floor(timeMs / 1000);
}

/** The messages of a market as a tape, second by second. @param until the first second that is not on it. */
export function marketTape(market: SyntheticMarket, id: string, start: number, until: number): TapeSource {
  return { id, firstLine: market.firstLineOf(start), read: (line) => readMarket(market, line, until) };
}

/** Generating this many takes a fraction of a millisecond; then everybody else has a turn. */
const BATCH = 250;

async function* readMarket(
  market: SyntheticMarket,
  fromLine: number,
  untilSecond: number,
): AsyncGenerator<readonly CaptureMessage[]> {
  const { messagesPerSecond } = market;
  let second = market.secondOf(fromLine);
  let index = fromLine - market.firstLineOf(second);
  while (second < untilSecond) {
    for (; index < messagesPerSecond; index += BATCH) {
      yield market.messagesOf(second, index, BATCH);
      await nextTurn();
    }
    second++;
    index = 0;
  }
}
