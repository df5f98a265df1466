import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CaptureMessage } from '../shared/contracts/capture.ts';
import { SyntheticMarket, type MarketParameters } from '../simulator/synthetic-market.ts';
import { runTape, type TapeOutcome, type TapePorts } from './run-tape.ts';
import { SourceArchive } from './source-archive.ts';
import { PositionKeeper } from './tape-position.ts';
import type { TapeSource } from './tape-source.ts';

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
  const left = (await new PositionKeeper(ports.state, tapeId).load())?.sources[tapeId];
  const leftInSecond = left === undefined || followsTheClock ? undefined : market.secondOf(left.nextLine);
  const start = startTimeMs === 'now' ? (leftInSecond ?? secondOf(now()) + 1) : secondOf(startTimeMs);
  const source: TapeSource = {
    id: tapeId,
    firstLine: market.firstLineOf(start),
    read: (fromLine) => readMarket(market, fromLine, start + seconds),
  };
  if (followsTheClock) await passOver(source, market, ports);
  return runTape({
    ...ports,
    tapeId,
    sources: [source],
    sessionId: followsTheClock ? `${tapeId}-${start}` : tapeId,
    timeBase: followsTheClock ? 'wall' : 'first-message',
    endsForGood: startTimeMs !== 'now',
  });
}

function secondOf(timeMs: number): number {
  return Math.floor(timeMs / 1000);
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

/**
 * A market that follows the wall clock was closed while nobody ran it: the seconds between are passed over, as trades
 * of a venue are that nobody listened to. What had been sent before is archived first.
 */
async function passOver(source: TapeSource, market: SyntheticMarket, ports: TapePorts): Promise<void> {
  const keeper = new PositionKeeper(ports.state, source.id);
  const position = await keeper.load();
  const left = position?.sources[source.id];
  if (position === null || left === undefined || left.nextLine >= source.firstLine) return;
  const archive = new SourceArchive({
    writer: ports.writer,
    sourceId: source.id,
    log: ports.log,
    from: left.archive,
    firstLine: left.nextLine,
  });
  const firstLine = SourceArchive.firstLineOf(left.archive, left.nextLine);
  for await (const batch of readMarket(market, firstLine, market.secondOf(left.nextLine) + 1)) {
    for (const message of batch) {
      const room = message.line < left.nextLine ? archive.add(message) : null;
      if (room !== null) await room;
    }
  }
  await archive.finish();
  const nextChunks = Object.entries(archive.positions()).map(
    ([exchange, { chunk }]) => [exchange, { chunk, firstLine: source.firstLine }] as const,
  );
  await keeper.save({
    ...position,
    sources: { [source.id]: { nextLine: source.firstLine, archive: Object.fromEntries(nextChunks) } },
  });
}
