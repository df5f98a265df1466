import { beforeEach, describe, expect, it } from '@jest/globals';
import { runningClickHouse } from '../../../test/support/running-clickhouse.ts';
import { RETENTION } from '../../contracts/retention.ts';
import { qualityEventAt } from '../../domain/market-data/quality-event.ts';
import { ClickHouseQuoteStore } from './clickhouse-quote-store.ts';
import { migrate } from './migrate.ts';
import { ClickHouseQualityStore } from './clickhouse-quality-store.ts';
import { readRows, runStatement } from './requests.ts';
import { applyRetention } from './retention.ts';

const DAY_MS = 86_400_000;
const id = 'kraken:BTC-USD';

describe('rows of tables', () => {
  const client = runningClickHouse();

  beforeEach(async () => {
    await client().command({ query: 'DROP DATABASE IF EXISTS millrace' });
    await migrate(client());
  });

  const quote = (ageDays: number) => {
    const timeMs = Date.now() - ageDays * DAY_MS;
    return { instrumentId: id, timeMs, receivedAtMs: timeMs, quality: 0, bid: null, ask: null };
  };

  /** How old the quotes are that are left, once ClickHouse has merged what it has. */
  async function leftDays(): Promise<number[]> {
    await runStatement(client(), 'OPTIMIZE TABLE millrace.quotes FINAL');
    const range = { fromMs: 0, toMs: Date.now() + DAY_MS, before: null, limit: 100 };
    const left = await new ClickHouseQuoteStore(client()).newestQuotes(id, range);
    return left.map(({ timeMs }) => Math.round((Date.now() - timeMs) / DAY_MS));
  }

  it('live as long as the stage says, whatever was there before, and for good where it says so', async () => {
    const store = new ClickHouseQuoteStore(client());
    await store.insertQuotes([quote(1), quote(100), quote(800)], { mayRepeat: false });
    expect(await applyRetention(client(), { quotes: null, books: null, quality: null })).toEqual([]);
    expect(await leftDays()).toEqual([1, 100, 800]);
    expect(await applyRetention(client(), { quotes: 180, books: 90, quality: null })).toEqual([
      'quotes',
      'books',
    ]);
    expect(await leftDays()).toEqual([1, 100]);
    expect(await applyRetention(client(), { quotes: 30, books: 90, quality: null })).toEqual(['quotes']);
    expect(await leftDays()).toEqual([1]);
    expect(await applyRetention(client(), { quotes: null, books: null, quality: null })).toEqual([
      'quotes',
      'books',
    ]);
    await store.insertQuotes([quote(800)], { mayRepeat: false });
    expect(await leftDays()).toEqual([1, 800]);
  }, 60_000);

  it('of the log of quality live by the time that they speak of', async () => {
    const [young, old] = [1, 800].map((ageDays) =>
      qualityEventAt({
        instrumentId: id,
        flag: 'gap',
        subject: 'candle',
        what: '3 trades are missing',
        timeMs: Date.now() - ageDays * DAY_MS,
      }),
    );
    await new ClickHouseQualityStore(client()).insert([young!, old!]);
    await applyRetention(client(), { quotes: null, books: null, quality: 90 });
    await runStatement(client(), 'OPTIMIZE TABLE millrace.quality FINAL');
    expect(await readRows(client(), 'SELECT id FROM millrace.quality', {})).toEqual([[young!.id]]);
  });

  it.each(['dev', 'prod'] as const)(
    'of %s are as the stage says, and saying it again changes nothing',
    async (stage) => {
      const { rows } = RETENTION[stage];
      expect(await applyRetention(client(), rows)).toEqual(['quotes', 'books', 'quality']);
      expect(await applyRetention(client(), rows)).toEqual([]);
      expect(await migrate(client())).toEqual([]);
    },
  );
});
