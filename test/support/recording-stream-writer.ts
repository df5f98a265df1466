import { parseLaneRecord, type LaneRecord } from '../../shared/contracts/stream-records.ts';
import { decodeRawRecord, type RawHeader } from '../../shared/contracts/raw-records.ts';
import { LimitExceeded } from '../../shared/ports/state-store.ts';
import {
  MAX_BYTES_A_CALL,
  MAX_RECORD_BYTES,
  MAX_RECORDS_A_CALL,
  type StreamRecord,
  type StreamWriter,
} from '../../shared/ports/stream-writer.ts';
import type { StreamName } from '../../shared/topology.ts';

export type TradesRecord = Extract<LaneRecord, { kind: 'trades' }>;

/** A stream that keeps what it was given and refuses what a real one would. */
export class RecordingStreamWriter implements StreamWriter {
  /** Sizes of the calls that were accepted, by stream. */
  readonly calls: { readonly stream: StreamName; readonly records: number }[] = [];
  readonly #records: Record<StreamName, StreamRecord[]> = { trades: [], raw: [] };
  /** Those of the stream of trades that have been read. */
  readonly #read: TradesRecord[] = [];
  /** Called before anything is kept: it may wait, or throw, as a stream does that is slow or out of order. */
  before: (stream: StreamName) => Promise<void> = async () => undefined;

  async append(stream: StreamName, records: readonly StreamRecord[]): Promise<void> {
    const bytes = records.map(({ data, partitionKey }) => data.byteLength + partitionKey.length);
    const total = bytes.reduce((sum, size) => sum + size, 0);
    const isTooMuch = records.length > MAX_RECORDS_A_CALL || total > MAX_BYTES_A_CALL;
    if (isTooMuch || bytes.some((size) => size > MAX_RECORD_BYTES)) throw new LimitExceeded(`${total} bytes`);
    await this.before(stream);
    this.#records[stream].push(...records);
    this.calls.push({ stream, records: records.length });
  }

  /** The records of the stream of trades, read as the platform's functions read them. */
  trades(): readonly TradesRecord[] {
    for (const { data, partitionKey } of this.#records.trades.slice(this.#read.length)) {
      const record = parseLaneRecord(Buffer.from(data).toString('utf8'));
      if (record.kind !== 'trades' || record.lane !== partitionKey)
        throw new Error('expected a record of its lane');
      this.#read.push(record);
    }
    return this.#read;
  }

  /** Of the records of the raw stream that carry one, in their order. */
  rawFences(): number[] {
    return this.#records.raw.flatMap(({ data }) => {
      const record = decodeRawRecord(data);
      if (typeof record === 'string') throw new Error(record);
      return (record.kind === 'claim' ? record : record.header).fence ?? [];
    });
  }

  /** The objects that the raw stream would become; a later one of the same key takes the place of the earlier. */
  objects(): Map<string, { readonly header: RawHeader; readonly gzipMember: Uint8Array }> {
    return new Map(
      this.#records.raw.flatMap(({ data }) => {
        const record = decodeRawRecord(data);
        if (typeof record === 'string') throw new Error(record);
        return record.kind === 'claim' ? [] : [[record.header.objectKey, record] as const];
      }),
    );
  }
}
