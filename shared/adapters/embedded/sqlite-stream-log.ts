import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import { withoutFence } from '../../contracts/fence.ts';
import type { StreamRecord } from '../../ports/stream-writer.ts';
import { systemTime } from '../../ports/time.ts';
import type { StreamName } from '../../topology.ts';
import type { LogRecord, DeadRecord, StreamLog } from '../delivery.ts';
import { checkAppend } from '../stream-limits.ts';
import { prepareAll, transaction, type DatabaseSchema, type Statement } from './database.ts';
import { Listeners } from '../listeners.ts';

/** Streams have a table each, created when the log is opened. */
export const STREAM_LOG_SCHEMA: DatabaseSchema = {
  version: 1,
  sql: `
    CREATE TABLE IF NOT EXISTS checkpoints (
      consumer TEXT NOT NULL, stream TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (consumer, stream)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS dead_records (
      stream TEXT NOT NULL, sequence INTEGER NOT NULL, consumer TEXT NOT NULL, partition_key TEXT NOT NULL,
      data BLOB NOT NULL, cause TEXT NOT NULL, PRIMARY KEY (stream, sequence, consumer)
    ) STRICT, WITHOUT ROWID;
  `,
};

/** Records deleted in one go, which takes 1 to 3 ms; then others have their turn. */
const RECORDS_A_TRIM_STEP = 250;

interface Stream {
  readonly insert: Statement;
  readonly read: Statement;
  readonly trim: Statement;
  readonly bury: Statement;
  readonly dead: Statement;
  readonly removeDead: Statement;
  /** Sequence of the last record, and of the last trimmed one; 0: none. */
  head: number;
  tail: number;
}

/** A durable log on `node:sqlite`, in a database of its own: what Kinesis is on AWS, with one shard a stream. */
export class SqliteStreamLog implements StreamLog {
  readonly #database: DatabaseSync;
  readonly #now: () => number;
  readonly #streams: ReadonlyMap<StreamName, Stream>;
  readonly #checkpoints = new Map<string, number>();
  readonly #statements: Statements;
  readonly #appended = new Listeners<StreamName>();

  /** @param streams every stream that is appended to or read. */
  constructor(
    database: DatabaseSync,
    streams: readonly StreamName[],
    now: () => number = () => systemTime.nowMs(),
  ) {
    this.#database = database;
    this.#now = now;
    this.#streams = new Map(streams.map((name) => [name, openStream(database, name)]));
    for (const row of database.prepare('SELECT consumer, stream, sequence FROM checkpoints').iterate()) {
      this.#checkpoints.set(
        checkpointKey(String(row['consumer']), String(row['stream'])),
        Number(row['sequence']),
      );
    }
    this.#statements = prepareStatements(database);
  }

  /** One call is one transaction. */
  async append(stream: StreamName, records: readonly StreamRecord[]): Promise<void> {
    checkAppend(records);
    if (records.length === 0) return;
    const { insert, head } = this.#stream(stream);
    const arrivalMs = this.#now();
    transaction(this.#database, () => {
      records.forEach(({ partitionKey, data }, i) => insert.run(head + 1 + i, partitionKey, data, arrivalMs));
    });
    this.#appendedTo(stream, records.length);
  }

  /**
   * Records after a sequence, oldest first.
   * @param maxBytes of data; the first record is given however large it is, so that a reader always gets on.
   */
  read(stream: StreamName, afterSequence: number, maxRecords: number, maxBytes: number): LogRecord[] {
    const log = this.#stream(stream);
    if (afterSequence >= log.head) return [];
    const records: LogRecord[] = [];
    let bytes = 0;
    for (const row of log.read.iterate(afterSequence, maxRecords)) {
      const record = row as unknown as LogRecord;
      bytes += record.data.byteLength;
      if (bytes > maxBytes && records.length > 0) break;
      records.push(record);
    }
    return records;
  }

  /** Sequence of the last record, 0 before the first. */
  head(stream: StreamName): number {
    return this.#stream(stream).head;
  }

  /** The sequence through which a consumer is done, 0 at first. */
  checkpoint(consumer: string, stream: StreamName): number {
    return this.#checkpoints.get(checkpointKey(consumer, stream)) ?? 0;
  }

  saveCheckpoint(consumer: string, stream: StreamName, sequence: number): void {
    this.#statements.saveCheckpoint.run(consumer, stream, sequence);
    this.#checkpoints.set(checkpointKey(consumer, stream), sequence);
  }

  /** Sets the records behind a consumer's checkpoint, through a sequence, aside for it with their cause, and moves it on. */
  giveUp(consumer: string, stream: StreamName, throughSequence: number, cause: string): void {
    transaction(this.#database, () => {
      this.#stream(stream).bury.run(consumer, cause, this.checkpoint(consumer, stream), throughSequence);
      this.#statements.saveCheckpoint.run(consumer, stream, throughSequence);
    });
    this.#checkpoints.set(checkpointKey(consumer, stream), throughSequence);
  }

  /** How many records were given up, each once for each consumer that did. */
  deadCount(): number {
    return Number(this.#statements.countDead.get()?.['records']);
  }

  /** What was given up, oldest first. One at a time, as a record may have a megabyte. */
  deadRecords(limit: number): IterableIterator<DeadRecord> {
    return this.#statements.dead.iterate(limit) as unknown as IterableIterator<DeadRecord>;
  }

  /**
   * Appends what was given up to its stream again, once however many consumers gave it up: whoever has it behind them
   * knows it by its ids, and it carries no fence any more. One transaction a stream.
   * @param consumer only what this one gave up; the others hear it again with it. @returns how many records.
   */
  redrive(consumer: string | null = null): number {
    let count = 0;
    for (const [name, stream] of this.#streams) {
      const revived = transaction(this.#database, () => {
        const arrivalMs = this.#now();
        let { head } = stream;
        for (const row of stream.dead.iterate(consumer)) {
          const { partitionKey, data } = row as unknown as Pick<StreamRecord, 'partitionKey' | 'data'>;
          stream.insert.run(++head, partitionKey, withoutFence(data), arrivalMs);
        }
        stream.removeDead.run(consumer);
        return head - stream.head;
      });
      if (revived > 0) this.#appendedTo(name, revived);
      count += revived;
    }
    return count;
  }

  /**
   * Deletes the records through a sequence, a few at a time with the event loop in between. Their pages are used again
   * by later records, so the file stays as large as the longest backlog was.
   */
  async trim(stream: StreamName, throughSequence: number): Promise<void> {
    const log = this.#stream(stream);
    const end = Math.min(throughSequence, log.head);
    while (log.tail < end) {
      const through = Math.min(end, log.tail + RECORDS_A_TRIM_STEP);
      log.trim.run(through);
      log.tail = through;
      await nextTurn();
    }
  }

  /** Tells after each append that can be read. @returns what stops it. */
  onAppend(listener: (stream: StreamName) => void): () => void {
    return this.#appended.add(listener);
  }

  #appendedTo(name: StreamName, count: number): void {
    this.#stream(name).head += count;
    this.#appended.tell(name);
  }

  #stream(name: StreamName): Stream {
    const stream = this.#streams.get(name);
    if (stream === undefined) throw new RangeError(`the log was opened without the stream ${name}`);
    return stream;
  }
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: DatabaseSync) {
  return prepareAll(database, {
    saveCheckpoint: `INSERT INTO checkpoints (consumer, stream, sequence) VALUES (?, ?, ?)
      ON CONFLICT (consumer, stream) DO UPDATE SET sequence = excluded.sequence`,
    dead: `SELECT stream, sequence, consumer, partition_key AS partitionKey, data, cause
      FROM dead_records ORDER BY stream, sequence, consumer LIMIT ?`,
    countDead: 'SELECT count(*) AS records FROM dead_records',
  });
}

function openStream(database: DatabaseSync, name: StreamName): Stream {
  const table = `"records_${name}"`;
  // AUTOINCREMENT remembers the last sequence in sqlite_sequence, also when every record has been trimmed.
  database.exec(`CREATE TABLE IF NOT EXISTS ${table} (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, partition_key TEXT NOT NULL, data BLOB NOT NULL, arrival_ms INTEGER NOT NULL
  ) STRICT`);
  const head = database.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').get(`records_${name}`)?.[
    'seq'
  ];
  const givenUpBy = (consumer: string) =>
    `(${consumer} IS NULL OR sequence IN (SELECT sequence FROM dead_records WHERE stream = '${name}' AND consumer = ${consumer}))`;
  const first = database.prepare(`SELECT min(sequence) AS first FROM ${table}`).get()?.['first'];
  const statements = prepareAll(database, {
    insert: `INSERT INTO ${table} (sequence, partition_key, data, arrival_ms) VALUES (?, ?, ?, ?)`,
    read: `SELECT sequence, partition_key AS partitionKey, data, arrival_ms AS arrivalMs
      FROM ${table} WHERE sequence > ? ORDER BY sequence LIMIT ?`,
    trim: `DELETE FROM ${table} WHERE sequence <= ?`,
    bury: `INSERT INTO dead_records (stream, sequence, consumer, partition_key, data, cause)
      SELECT '${name}', sequence, ?, partition_key, data, ? FROM ${table} WHERE sequence > ? AND sequence <= ?`,
    dead: `SELECT partition_key AS partitionKey, data FROM dead_records
      WHERE stream = '${name}' AND ${givenUpBy('?1')} GROUP BY sequence ORDER BY sequence`,
    removeDead: `DELETE FROM dead_records WHERE stream = '${name}' AND ${givenUpBy('?1')}`,
  });
  return {
    ...statements,
    head: Number(head ?? 0),
    tail: first === null || first === undefined ? Number(head ?? 0) : Number(first) - 1,
  };
}

function checkpointKey(consumer: string, stream: string): string {
  return `${stream} ${consumer}`;
}
