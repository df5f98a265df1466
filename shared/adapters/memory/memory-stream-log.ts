import type { StreamRecord } from '../../ports/stream-writer.ts';
import { systemTime } from '../../ports/time.ts';
import type { StreamName } from '../../topology.ts';
import type { DeadRecord, LogRecord, StreamLog } from '../delivery.ts';
import { Listeners } from '../listeners.ts';
import { checkAppend } from '../stream-limits.ts';

/** What outlives the processes that write and read a log. */
export interface KeptStreams {
  readonly records: Map<StreamName, LogRecord[]>;
  readonly checkpoints: Map<string, number>;
  readonly dead: DeadRecord[];
}

export function keptStreams(): KeptStreams {
  return { records: new Map(), checkpoints: new Map(), dead: [] };
}

/** A log in arrays, as one process sees it: another one over the same streams goes on where that one was. */
export class MemoryStreamLog implements StreamLog {
  readonly #kept: KeptStreams;
  readonly #now: () => number;
  readonly #appended = new Listeners<StreamName>();

  constructor(kept: KeptStreams = keptStreams(), now: () => number = () => systemTime.nowMs()) {
    this.#kept = kept;
    this.#now = now;
  }

  async append(stream: StreamName, records: readonly StreamRecord[]): Promise<void> {
    checkAppend(records);
    if (records.length === 0) return;
    const log = this.#records(stream);
    const arrivalMs = this.#now();
    for (const { partitionKey, data } of records)
      log.push({ sequence: log.length + 1, partitionKey, data: Uint8Array.from(data), arrivalMs });
    this.#appended.tell(stream);
  }

  read(stream: StreamName, afterSequence: number, maxRecords: number, maxBytes: number): LogRecord[] {
    const found: LogRecord[] = [];
    let bytes = 0;
    for (const record of this.#records(stream).slice(afterSequence, afterSequence + maxRecords)) {
      bytes += record.data.byteLength;
      if (bytes > maxBytes && found.length > 0) break;
      found.push(record);
    }
    return found;
  }

  head(stream: StreamName): number {
    return this.#records(stream).length;
  }

  checkpoint(consumer: string, stream: StreamName): number {
    return this.#kept.checkpoints.get(`${stream} ${consumer}`) ?? 0;
  }

  saveCheckpoint(consumer: string, stream: StreamName, sequence: number): void {
    this.#kept.checkpoints.set(`${stream} ${consumer}`, sequence);
  }

  giveUp(consumer: string, stream: StreamName, throughSequence: number, cause: string): void {
    const from = this.checkpoint(consumer, stream);
    for (const { sequence, partitionKey, data } of this.#records(stream).slice(from, throughSequence))
      this.#kept.dead.push({ stream, sequence, consumer, partitionKey, data, cause });
    this.saveCheckpoint(consumer, stream, throughSequence);
  }

  /** It is short-lived: nothing is ever deleted, and sequences stay places in an array. */
  async trim(): Promise<void> {
    return undefined;
  }

  onAppend(listener: (stream: StreamName) => void): () => void {
    return this.#appended.add(listener);
  }

  #records(stream: StreamName): LogRecord[] {
    let records = this.#kept.records.get(stream);
    if (records === undefined) this.#kept.records.set(stream, (records = []));
    return records;
  }
}
