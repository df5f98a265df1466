import type { ClickHouseClient } from '@clickhouse/client';
import type { QualityEvent, QualitySubject } from '../../domain/market-data/quality-event.ts';
import type { QualityFlag } from '../../domain/market-data/quality-flags.ts';
import type { QualityRange, QualityStore } from '../../ports/quality-store.ts';
import {
  checkReadLimit,
  insertDeadline,
  insertRows,
  quoted,
  readableTimeMs,
  readDistinct,
  readRows,
  slices,
  timeLiteral,
  type Row,
} from './requests.ts';
import { RowBinaryWriter } from './row-binary-writer.ts';

const TABLE = 'millrace.quality';
const COLUMNS = ['id', 'time', 'until', 'venue', 'instrumentId', 'flag', 'subject', 'what'];
const FIELDS =
  'id, toUnixTimestamp64Milli(time), toUnixTimestamp64Milli(until), venue, instrumentId, flag, subject, what';
const EVENT_BYTES = 250;
const KEYS_A_LOOKUP = 1000;

/** The log in the table `millrace.quality`. */
export class ClickHouseQualityStore implements QualityStore {
  readonly #client: ClickHouseClient;

  constructor(client: ClickHouseClient) {
    this.#client = client;
  }

  async insert(events: readonly QualityEvent[]): Promise<void> {
    const deadline = insertDeadline();
    const fresh = await this.#withoutStored(events, deadline);
    if (fresh.length > 0) await insertRows(this.#client, TABLE, COLUMNS, encode(fresh), deadline);
  }

  async newest(range: QualityRange): Promise<readonly QualityEvent[]> {
    const { venue, instrumentId, flag, fromMs, toMs, before, limit } = range;
    checkReadLimit(limit);
    const conditions = [
      `time >= ${timeLiteral(readableTimeMs(fromMs))} AND time < ${timeLiteral(readableTimeMs(toMs))}`,
      ...(venue === null ? [] : ['venue = {venue: String}']),
      ...(instrumentId === null ? [] : ['instrumentId = {instrumentId: String}']),
      ...(flag === null ? [] : ['flag = {flag: String}']),
      ...(before === null
        ? []
        : [`(time, id) < (${timeLiteral(readableTimeMs(before.atMs))}, {beforeId: String})`]),
    ];
    const query = `SELECT ${FIELDS} FROM ${TABLE} WHERE ${conditions.join(' AND ')}
      ORDER BY time DESC, id DESC LIMIT {count: UInt32}`;
    const parameters = { venue, instrumentId, flag, beforeId: before?.id ?? '' };
    const read = async (count: number) =>
      (await readRows(this.#client, query, { ...parameters, count })).map(eventOf);
    return readDistinct(read, (one, other) => one.id === other.id, limit);
  }

  async #withoutStored(
    events: readonly QualityEvent[],
    deadline: AbortSignal,
  ): Promise<readonly QualityEvent[]> {
    const known = new Set<string>();
    for (const slice of slices(events, KEYS_A_LOOKUP)) {
      const times = [...new Set(slice.map(({ atMs }) => timeLiteral(readableTimeMs(atMs))))];
      const query = `SELECT DISTINCT id FROM ${TABLE}
        WHERE time IN (${times.join(', ')}) AND id IN (${slice.map(({ id }) => quoted(id)).join(', ')})`;
      for (const [id] of await readRows(this.#client, query, {}, deadline)) known.add(String(id));
    }
    return events.filter(({ id }) => {
      if (known.has(id)) return false;
      known.add(id);
      return true;
    });
  }
}

function encode(events: readonly QualityEvent[]): Uint8Array {
  const writer = new RowBinaryWriter(events.length * EVENT_BYTES);
  for (const { id, atMs, toMs, venue, instrumentId, flag, subject, what } of events) {
    writer.text(id);
    writer.uint64(atMs);
    writer.uint64(toMs);
    for (const name of [venue, instrumentId, flag, subject]) writer.name(name);
    writer.text(what);
  }
  return writer.bytes();
}

function eventOf(row: Row): QualityEvent {
  const [id, atMs, toMs, venue, instrumentId, flag, subject, what] = row;
  return {
    id: String(id),
    venue: String(venue),
    instrumentId: String(instrumentId),
    flag: String(flag) as QualityFlag,
    subject: String(subject) as QualitySubject,
    atMs: Number(atMs),
    toMs: Number(toMs),
    what: String(what),
  };
}
