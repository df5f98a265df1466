import type { DatabaseSync } from 'node:sqlite';
import { deterministicId } from '../../domain/ids.ts';
import type { BusEvent } from '../../ports/event-bus.ts';
import { systemTime } from '../../ports/time.ts';
import type { RuleDefinition } from '../../topology-schema.ts';
import type { FunctionName } from '../../topology.ts';
import type { DeadDelivery, Deliveries, Delivery } from '../delivery.ts';
import { checkEvent, targetsByDetailType } from '../event-routing.ts';
import { prepareAll, transaction } from './database.ts';
import { Listeners } from '../listeners.ts';

export const EVENT_BUS_SQL = `
  CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    function_name TEXT NOT NULL,
    event_id TEXT NOT NULL,
    detail_type TEXT NOT NULL,
    detail TEXT NOT NULL,
    published_at_ms INTEGER NOT NULL,
    due_at_ms INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_cause TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS deliveries_by_function ON deliveries (function_name, due_at_ms, id);
  CREATE TABLE IF NOT EXISTS dead_deliveries (
    id INTEGER PRIMARY KEY,
    function_name TEXT NOT NULL,
    event_id TEXT NOT NULL,
    detail_type TEXT NOT NULL,
    detail TEXT NOT NULL,
    published_at_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    cause TEXT NOT NULL
  ) STRICT;
`;

interface DeliveryRow {
  readonly id: number;
  readonly event_id: string;
  readonly detail_type: BusEvent['detailType'];
  readonly detail: string;
  readonly published_at_ms: number;
  readonly attempts: number;
}

/**
 * An event bus on `node:sqlite`: what EventBridge with a rule a target is on AWS. An event that no rule matches is
 * dropped. What has been taken is remembered in memory only, so after a crash it is due again.
 */
export class SqliteEventBus implements Deliveries {
  readonly #database: DatabaseSync;
  readonly #now: () => number;
  readonly #targets: ReadonlyMap<string, readonly string[]>;
  readonly #statements: Statements;
  readonly #pending = new Map<string, number>();
  readonly #inFlight = new Map<string, Set<number>>();
  readonly #published = new Listeners<FunctionName>();
  #lastId: number;

  constructor(
    database: DatabaseSync,
    rules: readonly RuleDefinition[],
    now: () => number = () => systemTime.nowMs(),
  ) {
    this.#database = database;
    this.#now = now;
    this.#targets = targetsByDetailType(rules);
    this.#statements = prepareStatements(database);
    for (const row of database
      .prepare('SELECT function_name, count(*) AS count FROM deliveries GROUP BY 1')
      .all()) {
      this.#pending.set(String(row['function_name']), Number(row['count']));
    }
    this.#lastId = Number(
      database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'").get()?.['seq'] ?? 0,
    );
  }

  /** One transaction: all events of a call are accepted, or none. */
  async publish(events: readonly BusEvent[]): Promise<void> {
    const details = events.map(checkEvent);
    const publishedAtMs = this.#now();
    const deliveries = events.flatMap(({ detailType }, i) => this.#address(detailType, details[i]!));
    if (deliveries.length === 0) return;
    transaction(this.#database, () => {
      for (const { id, functionName, eventId, detailType, detail } of deliveries) {
        this.#statements.insert.run(id, functionName, eventId, detailType, detail, publishedAtMs);
      }
    });
    for (const { functionName } of deliveries) this.#count(functionName, 1);
    for (const functionName of new Set(deliveries.map((delivery) => delivery.functionName))) {
      this.#published.tell(functionName as FunctionName);
    }
  }

  /** Takes up to `max` deliveries that are due, those due longest first. Each must be acknowledged, retried or given up. */
  take(functionName: FunctionName, max: number, nowMs: number): Delivery[] {
    if (this.pendingCount(functionName) === 0) return [];
    const inFlight = this.#inFlightOf(functionName);
    const rows = this.#statements.due.all(
      functionName,
      nowMs,
      max + inFlight.size,
    ) as unknown as DeliveryRow[];
    const taken = rows.filter((row) => !inFlight.has(row.id)).slice(0, max);
    for (const row of taken) inFlight.add(row.id);
    return taken.map(toDelivery);
  }

  /** Done with. */
  acknowledge(id: number): void {
    this.#settle(id, this.#statements.remove.get(id)?.['function_name']);
  }

  /** Due as it was before it was taken. Says nothing to one that has been settled since. */
  putBack(functionName: FunctionName, id: number): void {
    this.#inFlightOf(functionName).delete(id);
  }

  /** Due again at `atMs`, with one more failed attempt. */
  retryLater(id: number, atMs: number, cause: string): void {
    const functionName = this.#statements.postpone.get(atMs, cause, id)?.['function_name'];
    if (typeof functionName === 'string') this.#inFlightOf(functionName).delete(id);
  }

  /** Sets the delivery aside with its cause, until it is sent again. */
  giveUp(id: number, cause: string): void {
    const functionName = transaction(this.#database, () => {
      this.#statements.bury.run(cause, id);
      return this.#statements.remove.get(id)?.['function_name'];
    });
    this.#settle(id, functionName);
  }

  /** Deliveries neither acknowledged nor given up, taken ones included. */
  pendingCount(functionName: FunctionName): number {
    return this.#pending.get(functionName) ?? 0;
  }

  /** When the next delivery that is not taken becomes due: in the past when one is now, null when there is none. */
  nextDueMs(functionName: FunctionName): number | null {
    const inFlight = this.#inFlightOf(functionName);
    if (this.pendingCount(functionName) === inFlight.size) return null;
    for (const row of this.#statements.byDueTime.iterate(functionName)) {
      if (!inFlight.has(Number(row['id']))) return Number(row['due_at_ms']);
    }
    return null;
  }

  /** Makes due again what was taken and not settled: for a runtime that starts over in the same process. */
  recover(): void {
    this.#inFlight.clear();
  }

  /** How many deliveries were given up. */
  deadCount(): number {
    return this.#statements.countDead.all().reduce((sum, { count }) => sum + Number(count), 0);
  }

  /** What was given up, newest first. */
  deadDeliveries(limit: number): DeadDelivery[] {
    return this.#statements.dead.all(limit).map((row) => ({
      ...toDelivery(row as unknown as DeliveryRow),
      functionName: row['function_name'] as FunctionName,
      cause: String(row['cause']),
    }));
  }

  /** Makes due again what one function gave up, as if for the first time. @returns how many deliveries. */
  redrive(functionName: FunctionName): number {
    const count = transaction(this.#database, () => {
      const { changes } = this.#statements.revive.run(functionName);
      this.#statements.removeDead.run(functionName);
      return Number(changes);
    });
    if (count === 0) return 0;
    this.#count(functionName, count);
    this.#published.tell(functionName);
    return count;
  }

  /** Tells each function that got a delivery, after the commit. @returns what stops it. */
  onPublish(listener: (functionName: FunctionName) => void): () => void {
    return this.#published.add(listener);
  }

  #address(detailType: string, detail: string) {
    const targets = this.#targets.get(detailType) ?? [];
    const eventId = deterministicId('event', this.#lastId + 1);
    return targets.map((functionName) => ({ id: ++this.#lastId, functionName, eventId, detailType, detail }));
  }

  #settle(id: number, functionName: unknown): void {
    if (typeof functionName !== 'string') return;
    this.#inFlightOf(functionName).delete(id);
    this.#count(functionName, -1);
  }

  #count(functionName: string, change: number): void {
    this.#pending.set(functionName, (this.#pending.get(functionName) ?? 0) + change);
  }

  #inFlightOf(functionName: string): Set<number> {
    let ids = this.#inFlight.get(functionName);
    if (ids === undefined) this.#inFlight.set(functionName, (ids = new Set()));
    return ids;
  }
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: DatabaseSync) {
  const columns = 'id, function_name, event_id, detail_type, detail, published_at_ms, attempts';
  return prepareAll(database, {
    insert: `INSERT INTO deliveries (id, function_name, event_id, detail_type, detail, published_at_ms) VALUES (?, ?, ?, ?, ?, ?)`,
    due: `SELECT ${columns} FROM deliveries WHERE function_name = ? AND due_at_ms <= ? ORDER BY due_at_ms, id LIMIT ?`,
    byDueTime: 'SELECT id, due_at_ms FROM deliveries WHERE function_name = ? ORDER BY due_at_ms, id',
    remove: 'DELETE FROM deliveries WHERE id = ? RETURNING function_name',
    postpone: `UPDATE deliveries SET due_at_ms = ?, last_cause = ?, attempts = attempts + 1 WHERE id = ? RETURNING function_name`,
    bury: `INSERT INTO dead_deliveries (${columns}, cause)
      SELECT id, function_name, event_id, detail_type, detail, published_at_ms, attempts + 1, ? FROM deliveries WHERE id = ?`,
    revive: `INSERT INTO deliveries (id, function_name, event_id, detail_type, detail, published_at_ms)
      SELECT id, function_name, event_id, detail_type, detail, published_at_ms FROM dead_deliveries
      WHERE function_name = ?`,
    countDead: 'SELECT function_name, count(*) AS count FROM dead_deliveries GROUP BY 1',
    removeDead: 'DELETE FROM dead_deliveries WHERE function_name = ?',
    dead: `SELECT ${columns}, cause FROM dead_deliveries ORDER BY id DESC LIMIT ?`,
  });
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    eventId: row.event_id,
    detailType: row.detail_type,
    detail: JSON.parse(row.detail) as unknown,
    publishedAtMs: row.published_at_ms,
    attempts: row.attempts,
  };
}
