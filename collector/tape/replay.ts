import { createHash } from 'node:crypto';
import { readCapture, type VerifiedCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { runTape, type TapeOutcome, type TapePorts } from './run-tape.ts';
import type { TapeSource } from './tape-source.ts';

export interface ReplayOptions extends TapePorts {
  /** As `verifyCapture` gave them. Several make one tape, in the order in which their messages were received. */
  readonly files: readonly VerifiedCapture[];
  /** Begins with what was received then. What lies before it is read, so that books are whole, and not sent. */
  readonly fromMs?: number | null;
}

/**
 * Replays captures: the same files, in whichever order they are named, are the same tape, and a tape that was
 * finished is not sent again. What is sent, and in which order, depends on the captures and on where it begins alone: begun
 * elsewhere they are another tape.
 */
export async function replayCaptures({
  files,
  fromMs = null,
  ...ports
}: ReplayOptions): Promise<TapeOutcome> {
  const distinct = [...new Map(files.map((file) => [file.sha256, file])).values()];
  distinct.sort((a, b) => a.firstReceivedAtMs - b.firstReceivedAtMs || (a.sha256 < b.sha256 ? -1 : 1));
  const sources = distinct.map((file) => captureSource(file, fromMs));
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

function captureSource({ path, sha256, catalogues }: VerifiedCapture, fromMs: number | null): TapeSource {
  const id = `capture-${sha256.slice(0, 16)}`;
  return {
    ...(fromMs === null ? { id } : { id: `${id}-from-${fromMs}`, beginsAtMs: fromMs }),
    firstLine: 1,
    catalogues,
    isReadFromStart: true,
    read: (fromLine) => readCapture(path, { fromLine }),
  };
}

function tapeIdOf(sources: readonly TapeSource[]): string {
  const ids = sources.map(({ id }) => id);
  if (ids.length === 1) return ids[0]!;
  return `captures-${createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 16)}`;
}
