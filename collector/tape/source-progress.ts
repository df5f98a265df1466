/** How far each source of a tape has come, and where it begins. */
import { directoryOf, type VenueDirectories } from '../../shared/adapters/exchanges/capture-decoders.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { SourceArchive } from './source-archive.ts';
import type { TapeMessage } from './tape-message.ts';
import type { TapePosition } from './tape-position.ts';
import type { TapeSource } from './tape-source.ts';

export interface SourceProgress {
  readonly source: TapeSource;
  /** Messages before it are read for the archive, for the books and for what is doubtful alone. */
  readonly startLine: number;
  /** The first message that is not known to be sent. */
  nextLine: number;
  readonly readFrom: number;
  /** The first message that is of the tape; null: it has not been met. */
  beginsLine: number | null;
  readonly archive: SourceArchive;
}

export function openSource(
  source: TapeSource,
  { writer, log }: { readonly writer: StreamWriter; readonly log: Log },
  position: TapePosition | null,
): SourceProgress {
  const { nextLine, archive: from } = position?.sources[source.id] ?? {
    nextLine: source.firstLine,
    archive: {},
  };
  return {
    source,
    startLine: nextLine,
    nextLine,
    beginsLine: null,
    readFrom: source.isReadFromStart === true ? source.firstLine : SourceArchive.firstLineOf(from, nextLine),
    archive: new SourceArchive({ writer, sourceId: source.id, log, from, firstLine: nextLine }),
  };
}

/** Whether a message is of the tape. To be asked of all messages of a source, in their order, any number of times. */
export function hasBegun(progress: SourceProgress, { capture, receivedAtMs }: TapeMessage): boolean {
  const { beginsAtMs = -Infinity } = progress.source;
  if (progress.beginsLine === null && receivedAtMs >= beginsAtMs) progress.beginsLine = capture.line;
  return progress.beginsLine !== null && capture.line >= progress.beginsLine;
}

/** What the catalogues have said before the messages from which the sources are read. */
export function directoriesBefore(sources: readonly SourceProgress[]): VenueDirectories {
  const directories: VenueDirectories = new Map();
  sources
    .flatMap(({ source, readFrom }) => (source.catalogues ?? []).filter(({ line }) => line < readFrom))
    .sort((a, b) => a.receivedAtMs - b.receivedAtMs)
    .forEach(({ exchange, listings, isWhole }) =>
      directoryOf(directories, exchange).resume(listings, isWhole),
    );
  return directories;
}
