import {
  MAX_BYTES_A_CALL,
  MAX_RECORDS_A_CALL,
  type StreamRecord,
  type StreamWriter,
} from '../../shared/ports/stream-writer.ts';
import type { StreamName } from '../../shared/topology.ts';

/** Appends to one stream, one call after the other: that keeps the order of every lane. */
export class StreamAppender {
  readonly #writer: StreamWriter;
  readonly #stream: StreamName;
  #inFlight: Promise<void> = Promise.resolve();

  constructor(writer: StreamWriter, stream: StreamName) {
    this.#writer = writer;
    this.#stream = stream;
  }

  /**
   * Begins to append, and resolves when what was begun before is durable: one call is under way while the next
   * records gather. A failure comes out of the next `begin` or of `drain`. Not to be called before it has resolved.
   */
  async begin(records: readonly StreamRecord[]): Promise<void> {
    await this.#inFlight;
    if (records.length === 0) return;
    this.#inFlight = this.#append(records);
    this.#inFlight.catch(() => undefined);
  }

  /** Resolves when everything is durable. */
  async drain(): Promise<void> {
    await this.#inFlight;
  }

  async #append(records: readonly StreamRecord[]): Promise<void> {
    for (const call of callsOf(records)) await this.#writer.append(this.#stream, call);
  }
}

/** Cuts records into calls that a stream takes. */
export function* callsOf(records: readonly StreamRecord[]): Generator<readonly StreamRecord[]> {
  let call: StreamRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.data.byteLength + record.partitionKey.length;
    if (call.length === MAX_RECORDS_A_CALL || bytes + size > MAX_BYTES_A_CALL) {
      yield call;
      call = [];
      bytes = 0;
    }
    call.push(record);
    bytes += size;
  }
  if (call.length > 0) yield call;
}
