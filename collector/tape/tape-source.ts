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
  /** Messages from a number on, in batches of at most some hundreds. */
  read(fromLine: number): AsyncIterable<readonly CaptureMessage[]>;
}
