import type { DatabaseSync } from 'node:sqlite';
import type { DeadLetters } from '../../ports/dead-letters.ts';
import { MAX_MESSAGES_A_CALL, type QueueMessage } from '../../ports/queue-sender.ts';
import { systemTime } from '../../ports/time.ts';
import type { QueueDefinition } from '../../topology-schema.ts';
import type { QueueName } from '../../topology.ts';
import type { DeadLetter, Queues, ReceivedMessage } from '../delivery.ts';
import { checkMessages, DEDUPLICATION_MS, readReceipt } from '../queue-limits.ts';
import { prepareAll, transaction } from './database.ts';
import { Listeners } from '../listeners.ts';

export const QUEUES_SQL = `
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    group_id TEXT NOT NULL,
    deduplication_id TEXT NOT NULL,
    body TEXT NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    visible_at_ms INTEGER NOT NULL DEFAULT 0,
    receives INTEGER NOT NULL DEFAULT 0,
    in_flight INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_by_queue ON messages (queue, id);
  CREATE INDEX IF NOT EXISTS messages_by_group ON messages (queue, group_id, visible_at_ms);
  CREATE TABLE IF NOT EXISTS dead_letters (
    id INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    group_id TEXT NOT NULL,
    deduplication_id TEXT NOT NULL,
    body TEXT NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    receives INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS deduplications (
    queue TEXT NOT NULL, deduplication_id TEXT NOT NULL, expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (queue, deduplication_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS deduplications_by_expiry ON deduplications (expires_at_ms);
`;

/** Each send forgets more ids than it adds, so that those kept stay the ones of five minutes. */
const DEDUPLICATIONS_FORGOTTEN_A_SEND = 2 * MAX_MESSAGES_A_CALL;

interface MessageRow {
  readonly id: number;
  readonly group_id: string;
  readonly deduplication_id: string;
  readonly body: string;
  readonly sent_at_ms: number;
  readonly receives: number;
}

/** FIFO queues with dead letters on `node:sqlite`, as SQS has them. */
export class SqliteQueues implements Queues, DeadLetters {
  readonly #database: DatabaseSync;
  readonly #definitions: Readonly<Record<QueueName, QueueDefinition>>;
  readonly #now: () => number;
  readonly #statements: Statements;
  readonly #pending = new Map<QueueName, number>();
  readonly #sent = new Listeners<QueueName>();

  /** What another process had received and not removed can be received again at once: that process is gone. */
  constructor(
    database: DatabaseSync,
    definitions: Readonly<Record<QueueName, QueueDefinition>>,
    now: () => number = () => systemTime.nowMs(),
  ) {
    this.#database = database;
    this.#definitions = definitions;
    this.#now = now;
    this.#statements = prepareStatements(database);
    for (const row of database
      .prepare('SELECT queue, count(*) AS messages FROM messages GROUP BY queue')
      .all()) {
      this.#pending.set(row['queue'] as QueueName, Number(row['messages']));
    }
    this.recover();
  }

  async send(queue: QueueName, messages: readonly QueueMessage[]): Promise<void> {
    checkMessages(messages);
    const nowMs = this.#now();
    const accepted = transaction(this.#database, () => {
      this.#statements.forget.run(nowMs, DEDUPLICATIONS_FORGOTTEN_A_SEND);
      return messages.filter((message) => this.#accept(queue, message, nowMs)).length;
    });
    if (accepted === 0) return;
    this.#count(queue, accepted);
    this.#sent.tell(queue);
  }

  /**
   * Takes up to `max` messages that are due, in order inside each group, and hides them for the visibility timeout.
   * While a message of a group is hidden, the later ones of that group wait. A message that has been received
   * `maxReceives` times already goes to the dead letters instead.
   */
  receive(queue: QueueName, max: number, nowMs: number): ReceivedMessage[] {
    if (this.pendingCount(queue) === 0) return [];
    const { maxReceives, visibilityTimeoutSeconds } = this.#definitions[queue];
    const visibleAtMs = nowMs + visibilityTimeoutSeconds * 1000;
    const result = transaction(this.#database, () => {
      const exhausted = this.#statements.exhausted
        .all(queue, maxReceives, nowMs)
        .map((row) => Number(row['id']));
      for (const id of exhausted) this.#bury(id);
      const rows = this.#statements.receivable.all(queue, nowMs, max) as unknown as MessageRow[];
      for (const row of rows) this.#statements.hide.run(visibleAtMs, row.id);
      return { rows, buried: exhausted.length };
    });
    this.#count(queue, -result.buried);
    return result.rows.map(toReceivedMessage);
  }

  /** Done with: the message will not come again. A receipt that is no longer good does nothing. */
  remove(queue: QueueName, receiptHandle: string): void {
    const [id, receives] = readReceipt(receiptHandle);
    this.#count(queue, -Number(this.#statements.remove.run(id, queue, receives).changes));
  }

  /** Gives a message back, to be received again from `visibleAtMs` on. */
  release(queue: QueueName, receiptHandle: string, visibleAtMs: number): void {
    const [id, receives] = readReceipt(receiptHandle);
    this.#statements.release.run(visibleAtMs, id, queue, receives);
  }

  /** Messages that are neither removed nor dead, hidden ones included. */
  pendingCount(queue: QueueName): number {
    return this.#pending.get(queue) ?? 0;
  }

  /** The earliest instant at which `receive` can have something to do: in the past when it can now, null when nothing is pending. */
  nextVisibleAtMs(queue: QueueName): number | null {
    if (this.pendingCount(queue) === 0) return null;
    const next = this.#statements.nextVisible.get(queue)?.['next'];
    return typeof next === 'number' ? next : null;
  }

  async count(queue: QueueName): Promise<number> {
    return Number(this.#statements.countDead.get(queue)?.['messages']);
  }

  /** What was set aside in any queue, newest first. */
  deadLetters(limit: number): DeadLetter[] {
    return this.#statements.dead.all(limit) as unknown as DeadLetter[];
  }

  async redrive(queue: QueueName): Promise<number> {
    const moved = transaction(this.#database, () => {
      const { changes } = this.#statements.redrive.run(queue);
      this.#statements.removeDead.run(queue);
      return Number(changes);
    });
    if (moved === 0) return 0;
    this.#count(queue, moved);
    this.#sent.tell(queue);
    return moved;
  }

  /** Makes visible what was received and neither removed nor released. For a runtime that starts. */
  recover(): void {
    this.#statements.recover.run();
  }

  /** Tells after each send that brought messages, and after a redrive. @returns what stops it. */
  onSend(listener: (queue: QueueName) => void): () => void {
    return this.#sent.add(listener);
  }

  #accept(queue: QueueName, message: QueueMessage, nowMs: number): boolean {
    const { body, groupId, deduplicationId } = message;
    const expiresAtMs = nowMs + DEDUPLICATION_MS;
    if (this.#statements.deduplicate.run(queue, deduplicationId, expiresAtMs, nowMs).changes === 0)
      return false;
    this.#statements.insert.run(queue, groupId, deduplicationId, body, nowMs);
    return true;
  }

  #bury(id: number): void {
    this.#statements.bury.run(id);
    this.#statements.removeId.run(id);
  }

  #count(queue: QueueName, change: number): void {
    this.#pending.set(queue, this.pendingCount(queue) + change);
  }
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: DatabaseSync) {
  const message = 'queue, group_id, deduplication_id, body, sent_at_ms';
  const groupIsFree = (now: string) => `NOT EXISTS (SELECT 1 FROM messages AS other
    WHERE other.queue = messages.queue AND other.group_id = messages.group_id AND other.visible_at_ms > ${now})`;
  return prepareAll(database, {
    deduplicate: `INSERT INTO deduplications (queue, deduplication_id, expires_at_ms) VALUES (?, ?, ?)
      ON CONFLICT (queue, deduplication_id) DO UPDATE SET expires_at_ms = excluded.expires_at_ms WHERE expires_at_ms <= ?`,
    forget: `DELETE FROM deduplications WHERE (queue, deduplication_id) IN
      (SELECT queue, deduplication_id FROM deduplications WHERE expires_at_ms <= ? ORDER BY expires_at_ms LIMIT ?)`,
    insert: `INSERT INTO messages (${message}) VALUES (?, ?, ?, ?, ?)`,
    exhausted: `SELECT id FROM messages WHERE queue = ? AND receives >= ?2 AND visible_at_ms <= ?3 AND ${groupIsFree('?3')}`,
    receivable: `SELECT id, group_id, deduplication_id, body, sent_at_ms, receives FROM messages
      WHERE queue = ? AND ${groupIsFree('?2')} ORDER BY id LIMIT ?3`,
    hide: 'UPDATE messages SET visible_at_ms = ?, receives = receives + 1, in_flight = 1 WHERE id = ?',
    remove: 'DELETE FROM messages WHERE id = ? AND queue = ? AND receives = ?',
    removeId: 'DELETE FROM messages WHERE id = ?',
    release:
      'UPDATE messages SET visible_at_ms = ?, in_flight = 0 WHERE id = ? AND queue = ? AND receives = ?',
    recover: 'UPDATE messages SET visible_at_ms = 0, in_flight = 0 WHERE in_flight = 1',
    nextVisible: `SELECT min(free_at_ms) AS next FROM
      (SELECT max(visible_at_ms) AS free_at_ms FROM messages WHERE queue = ? GROUP BY group_id)`,
    bury: `INSERT INTO dead_letters (id, ${message}, receives) SELECT id, ${message}, receives FROM messages WHERE id = ?`,
    dead: `SELECT id AS messageId, queue, group_id AS groupId, deduplication_id AS deduplicationId, body, receives
      FROM dead_letters ORDER BY id DESC LIMIT ?`,
    countDead: 'SELECT count(*) AS messages FROM dead_letters WHERE queue = ?',
    redrive: `INSERT INTO messages (${message}) SELECT ${message} FROM dead_letters WHERE queue = ? ORDER BY id`,
    removeDead: 'DELETE FROM dead_letters WHERE queue = ?',
  });
}

function toReceivedMessage(row: MessageRow): ReceivedMessage {
  const receiveCount = row.receives + 1;
  return {
    messageId: String(row.id),
    receiptHandle: `${row.id}-${receiveCount}`,
    body: row.body,
    groupId: row.group_id,
    deduplicationId: row.deduplication_id,
    receiveCount,
    sentAtMs: row.sent_at_ms,
  };
}
