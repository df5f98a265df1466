/** What is archived of a day of an instrument: its parts, one beside the other in a folder. */
import { exchangeOf, pairOf, type InstrumentId } from '../../../domain/market-data/instrument.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import { KnownTrades } from './known-trades.ts';
import { hoursOfPart, keysOfPart, type TradesByHour } from './trade-part.ts';

const KEYS_A_PAGE = 1000;
/** A hundred thousand trades each: more than any instrument has in a day. */
const MAX_PARTS = 100_000;
const DIGITS = 5;
const PART = /\/part-(\d{5})\.parquet$/;

interface Part {
  readonly key: string;
  readonly hours: TradesByHour;
}

/** `trades/exchange=binance/instrument=BTC-USDT/day=2024-08-09/`: as pandas, DuckDB and Spark read partitions. */
export function dayFolder(instrumentId: InstrumentId, dayMs: number): string {
  const day = new Date(dayMs).toISOString().slice(0, 10);
  return `trades/exchange=${exchangeOf(instrumentId)}/instrument=${pairOf(instrumentId)}/day=${day}/`;
}

export class ArchivedDay {
  readonly #objects: Pick<ObjectStore, 'get' | 'putNew'>;
  readonly #folder: string;
  readonly #parts: Part[];

  private constructor(objects: Pick<ObjectStore, 'get' | 'putNew'>, folder: string, parts: Part[]) {
    this.#objects = objects;
    this.#folder = folder;
    this.#parts = parts;
  }

  /** Looks at what is there, which is all that anybody knows of it. */
  static async open(
    objects: Pick<ObjectStore, 'get' | 'list' | 'putNew'>,
    instrumentId: InstrumentId,
    dayMs: number,
  ): Promise<ArchivedDay> {
    const folder = dayFolder(instrumentId, dayMs);
    const parts: Part[] = [];
    for (const key of await keysOf(objects, folder)) {
      const body = await objects.get(key);
      if (body === null) throw new Error(`${key}: was listed and is not there`);
      parts.push({ key, hours: hoursOfPart(body, instrumentId, key) });
    }
    return new ArchivedDay(objects, folder, parts);
  }

  get trades(): number {
    return this.#parts.reduce((sum, { hours }) => sum + total(hours), 0);
  }

  tradesOfHour(hourMs: number): number {
    return this.#parts.reduce((sum, { hours }) => sum + (hours.get(hourMs) ?? 0), 0);
  }

  async knownTrades(hourMs: number): Promise<KnownTrades> {
    const parts = this.#parts.filter(({ hours }) => hours.has(hourMs));
    const keys = [];
    for (const { key } of parts) keys.push(await keysOfPart((await this.#objects.get(key))!));
    return new KnownTrades(keys);
  }

  /** Puts a part behind those that are there. @returns false: somebody else has put one meanwhile. */
  async add(body: Uint8Array, hours: TradesByHour): Promise<boolean> {
    const last = this.#parts.at(-1);
    const number = last === undefined ? 0 : numberOf(last.key) + 1;
    if (number >= MAX_PARTS)
      throw new RangeError(`${this.#folder}: has ${MAX_PARTS} parts, and takes no more`);
    const key = `${this.#folder}part-${String(number).padStart(DIGITS, '0')}.parquet`;
    if (!(await this.#objects.putNew(key, body, 'application/vnd.apache.parquet'))) return false;
    this.#parts.push({ key, hours });
    return true;
  }
}

async function keysOf(objects: Pick<ObjectStore, 'list'>, folder: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for (;;) {
    const after = keys.at(-1);
    const page = await objects.list(folder, {
      limit: KEYS_A_PAGE,
      ...(after === undefined ? {} : { after }),
    });
    keys.push(...page);
    if (page.length < KEYS_A_PAGE) return keys.filter((key) => PART.test(key));
  }
}

function numberOf(key: string): number {
  return Number(PART.exec(key)![1]);
}

function total(hours: TradesByHour): number {
  return [...hours.values()].reduce((sum, count) => sum + count, 0);
}
