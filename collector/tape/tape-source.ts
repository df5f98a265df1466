import type { CaptureCatalogue } from '../../shared/adapters/exchanges/capture-file.ts';
import type { CaptureMessage } from '../../shared/contracts/capture.ts';

/** A tape whose messages are numbered for good, so that reading can begin again anywhere. */
export interface TapeSource {
  /** Names the source: the same messages come from a source of the same name, and of no other. */
  readonly id: string;
  /** Number of the first message. */
  readonly firstLine: number;
  /** What its messages say of venues' catalogues; a reader that begins behind them has to know. */
  readonly catalogues?: readonly CaptureCatalogue[];
  /** Who goes on in its midst knows all that came before: books and the flags of trades are what all messages make of them. */
  readonly isReadFromStart?: boolean;
  /**
   * The tape begins with the first message that was received then or later; those before it are read as if an earlier run
   * had sent them. It must be read from its start. Left out: with its first message.
   */
  readonly beginsAtMs?: number;
  /** Messages from a number on, in batches of at most some hundreds. */
  read(fromLine: number): AsyncIterable<readonly CaptureMessage[]>;
}
