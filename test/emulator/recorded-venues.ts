/** Recordings of the other venues, each fed through Kinesis, and all that comes of them beside the recording itself. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ClickHouseClient } from '@clickhouse/client';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoStateStore } from '../../shared/adapters/aws/dynamo-state-store.ts';
import type { Environment } from '../../shared/adapters/aws/environment.ts';
import { KinesisStreamWriter } from '../../shared/adapters/aws/kinesis-stream-writer.ts';
import { ClickHouseCandleStore } from '../../shared/adapters/clickhouse/clickhouse-candle-store.ts';
import { ClickHouseQuoteStore } from '../../shared/adapters/clickhouse/clickhouse-quote-store.ts';
import { ClickHouseTradeStore } from '../../shared/adapters/clickhouse/clickhouse-trade-store.ts';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { bookViewOf, quoteViewOf } from '../../shared/contracts/book-views.ts';
import { captureLine, formatCaptureLine } from '../../shared/contracts/capture.ts';
import { bookPage, quotePage } from '../../shared/contracts/market-views.ts';
import { INTERVALS } from '../../shared/domain/candles/interval.ts';
import { exchangeOf, pairOf, type InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { replayCaptures } from '../../collector/tape/replay.ts';
import { dataFolder } from '../conformance/recorded-data.ts';
import { eventually } from '../contracts/suites/eventually.ts';
import { writeCapture } from '../platform/write-capture.ts';
import { sumsOf } from '../support/folded-plainly.ts';
import type { ApiClient } from './api-client.ts';
import { closedPlainly, readRecorded, type Recorded } from './recorded-tape.ts';

export interface DeployedPlatform {
  readonly environment: Environment;
  readonly clickHouse: ClickHouseClient;
  readonly owner: ApiClient;
  readonly folder: string;
}

const DAY_MS = 86_400_000;
const SETTLE_MS = 60_000;
const EVER = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER } as const;
const log = createLog(process.stderr, 'error');

/** What stands in a folder beside the project is not in everybody's. */
const describeRecorded = existsSync(dataFolder) ? describe.each : describe.skip.each;

/** @param platformOf where they are fed, once it is there. */
export function describeRecordedVenues(platformOf: () => DeployedPlatform): void {
  describeRecorded([
    { file: 'coinbase-advanced-btc-eth-2026-08-09-first', books: 2, traded: 2 },
    { file: 'kraken-v2-ten-pairs-2021-04-17', books: 10, traded: 2 },
  ])('$file fed through Kinesis', ({ file, books, traded }) => {
    let recorded: ReadonlyMap<InstrumentId, Recorded>;
    const each = (have: 'trades' | 'quotes'): [InstrumentId, Recorded][] =>
      [...recorded].filter(([, of]) => of[have].length > 0);

    beforeAll(async () => {
      const { environment, folder } = platformOf();
      const path = join(folder, `${file}.ndjson.gz`);
      writeWithNextDay(`${dataFolder}captures/${file}.ndjson.gz`, path);
      recorded = await readRecorded(path);
      const outcome = await replayCaptures({
        files: [await verifyCapture(path)],
        writer: new KinesisStreamWriter(environment),
        state: new DynamoStateStore(environment),
        // Nothing that trades looks on, so nothing has to settle.
        gate: { advanceTo: () => undefined, settled: async () => undefined },
        speed: 'max',
        signal: new AbortController().signal,
        log,
      });
      expect(outcome.kind).toBe('finished');
    }, 120_000);

    it('stores every trade once', async () => {
      const store = new ClickHouseTradeStore(platformOf().clickHouse);
      expect(each('trades')).toHaveLength(traded);
      for (const [instrumentId, { trades }] of each('trades'))
        await within(
          async () => store.between(instrumentId, EVER.fromMs, EVER.toMs, 10_000),
          (stored) => expect(stored).toEqual(trades),
        );
    });

    it('closes the candles of all eight intervals that a plain fold makes', async () => {
      const store = new ClickHouseCandleStore(platformOf().clickHouse);
      for (const [instrumentId, of] of each('trades')) {
        for (const [interval, expected] of closedPlainly(of)) {
          expect({ interval, closed: expected.length > 0 }).toEqual({ interval, closed: true });
          await within(
            async () => store.between(instrumentId, interval, EVER.fromMs, EVER.toMs, 10_000),
            (stored) => expect(stored.map(sumsOf)).toEqual(expected),
          );
        }
      }
      expect(INTERVALS).toHaveLength(8);
    });

    it('stores every quote and every ladder that the books come to', async () => {
      const store = new ClickHouseQuoteStore(platformOf().clickHouse);
      const range = { ...EVER, before: null, limit: 10_000 };
      expect(each('quotes')).toHaveLength(books);
      for (const [instrumentId, { quotes, books: ladders }] of each('quotes')) {
        await within(
          async () => store.newestQuotes(instrumentId, range),
          (stored) => expect(stored.toReversed().map(quoteViewOf)).toEqual(quotes),
        );
        await within(
          async () => store.newestLevels(instrumentId, range),
          (stored) => expect(stored.toReversed().map((levels) => bookViewOf(levels))).toEqual(ladders),
        );
      }
    });

    it('shows quotes and books over REST, page by page', async () => {
      const { owner } = platformOf();
      for (const [instrumentId, { quotes, books: ladders }] of each('quotes')) {
        const where = `${pairOf(instrumentId)}?exchange=${exchangeOf(instrumentId)}`;
        const shown = [];
        let after: string | null = '';
        while (after !== null) {
          const next: string = after === '' ? '' : `&after=${after}`;
          const page = await owner.read(`/v1/quotes/${where}&limit=100${next}`, quotePage);
          shown.push(...page.items);
          after = page.next;
        }
        expect(shown.reverse()).toEqual(quotes);
        const { items } = await owner.read(`/v1/books/${where}&limit=500`, bookPage);
        expect(items.toReversed()).toEqual(ladders);
      }
    });
  });
}

/** The recording, and behind it a day in which nothing happened: only so a recording of seconds closes a candle of a day. */
function writeWithNextDay(from: string, path: string): void {
  const lines = gunzipSync(readFileSync(from)).toString().trimEnd().split('\n');
  const { receivedAtNs, exchange, url } = captureLine.parse(JSON.parse(lines.at(-1)!));
  const nextDayNs = BigInt(receivedAtNs) + BigInt(DAY_MS) * 1_000_000n;
  const message = JSON.stringify({ venueTimeMs: Number(nextDayNs / 1_000_000n) });
  const heartbeat = { receivedAtNs: String(nextDayNs), exchange, kind: 'heartbeat', url, message };
  writeCapture(path, [...lines, formatCaptureLine(heartbeat)]);
}

async function within<T>(read: () => Promise<T>, assert: (value: T) => void): Promise<void> {
  await eventually(read, assert, SETTLE_MS);
}
