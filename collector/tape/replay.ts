import { createHash } from 'node:crypto';
import { readCapture, type VerifiedCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { SUPPORTED_EXCHANGES } from '../../shared/adapters/exchanges/venues.ts';
import { runTape, type TapeOutcome, type TapePorts } from './run-tape.ts';
import type { TapeSource } from './tape-source.ts';

/** A capture that is one, and that cannot be replayed. The message is one line. */
export class ReplayRefused extends Error {
  override readonly name = 'ReplayRefused';
}

/** @throws ReplayRefused naming the exchange whose messages nobody here understands. */
export function assertReplayable(files: readonly VerifiedCapture[]): void {
  for (const { path, exchanges } of files) {
    const unknown = exchanges.find((name) => !SUPPORTED_EXCHANGES.includes(name));
    if (unknown === undefined) continue;
    throw new ReplayRefused(
      `${path}: exchange ${JSON.stringify(unknown)} is not supported yet (supported: ${SUPPORTED_EXCHANGES.join(', ')})`,
    );
  }
}

/** @returns a line for people about captures out of which no candle will come; null: there are trades. */
export function noteOfNoTrades(files: readonly VerifiedCapture[]): string | null {
  if (files.some(({ instruments }) => instruments.length > 0)) return null;
  const paths = files.map(({ path }) => path).join(', ');
  return `note: ${paths}: no trades, so no candles (messages of …@trade are; aggTrade and kline are not read)`;
}

export interface ReplayOptions extends TapePorts {
  /** As `verifyCapture` gave them. Several make one tape, in the order in which their messages were received. */
  readonly files: readonly VerifiedCapture[];
}

/**
 * Replays captures: the same files, in whichever order they are named, are the same tape, and a tape that was
 * finished is not sent again. What is sent, and in which order, depends on the captures alone.
 * @throws ReplayRefused
 */
export async function replayCaptures({ files, ...ports }: ReplayOptions): Promise<TapeOutcome> {
  assertReplayable(files);
  const distinct = [...new Map(files.map((file) => [file.sha256, file])).values()];
  distinct.sort((a, b) => a.firstReceivedAtMs - b.firstReceivedAtMs || (a.sha256 < b.sha256 ? -1 : 1));
  const sources = distinct.map(captureSource);
  const tapeId = tapeIdOf(sources);
  return runTape({
    ...ports,
    tapeId,
    sources,
    sessionId: tapeId,
    timeBase: 'first-message',
    endsForGood: true,
  });
}

function captureSource({ path, sha256 }: VerifiedCapture): TapeSource {
  return {
    id: `capture-${sha256.slice(0, 16)}`,
    firstLine: 1,
    read: (fromLine) => readCapture(path, { fromLine }),
  };
}

function tapeIdOf(sources: readonly TapeSource[]): string {
  const ids = sources.map(({ id }) => id);
  if (ids.length === 1) return ids[0]!;
  return `captures-${createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 16)}`;
}
