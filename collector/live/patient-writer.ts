import { LimitExceeded } from '../../shared/ports/state-store.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import type { StreamRecord, StreamWriter } from '../../shared/ports/stream-writer.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { StreamName } from '../../shared/topology.ts';
import { Backoff } from './backoff.ts';
import { LeaseLost } from './lease.ts';
import type { Time } from '../../shared/ports/time.ts';

export interface PatientWriterOptions {
  readonly writer: StreamWriter;
  /** A stream that refuses for another reason than being out of reach, which is waited for until the signal. */
  readonly attempts: number;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly time: Time;
  readonly random: () => number;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;

/**
 * A venue does not wait, so a stream that refuses for a moment is asked again before the process gives up. What was
 * accepted in part is sent twice, and readers know trades by their ids.
 */
export class PatientWriter implements StreamWriter {
  readonly #options: PatientWriterOptions;

  constructor(options: PatientWriterOptions) {
    this.#options = options;
  }

  async append(stream: StreamName, records: readonly StreamRecord[]): Promise<void> {
    const { writer, attempts, signal, log, time, random } = this.#options;
    const backoff = new Backoff({ firstMs: FIRST_WAIT_MS, longestMs: LONGEST_WAIT_MS, random });
    let refusals = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        await writer.append(stream, records);
        return;
      } catch (error) {
        if (!(error instanceof Unreachable) || signal.aborted) refusals++;
        const isFinal = error instanceof LimitExceeded || error instanceof LeaseLost;
        if (isFinal || refusals >= attempts) throw error;
        if (isPowerOfTwo(attempt))
          log.warn('a stream refused', { stream, attempt, error: describeError(error) });
        await time.sleep(backoff.nextMs());
      }
    }
  }
}

/** An outage of hours is told of a dozen times. */
function isPowerOfTwo(attempt: number): boolean {
  return Number.isInteger(Math.log2(attempt));
}
