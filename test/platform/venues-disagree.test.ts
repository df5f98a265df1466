/** A venue that drifts away from the others, through the platform: what is said of its prices goes all the way. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPlatform, type Platform } from '../../embedded/platform.ts';
import type { TapeRun } from '../../shared/engine/tape-engine.ts';
import type { Flagged } from '../../shared/domain/market-data/quality-flags.ts';
import { exchangeOf } from '../../shared/domain/market-data/instrument.ts';
import { recordedLines } from '../support/recorded-capture.ts';
import { RECORDED_FROM_MS, recordVenues } from '../support/recorded-venues.ts';
import { aStrategy } from '../support/strategy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { chainOver, engineOver } from './chain-and-engine.ts';
import type { TradingRecords } from './trading-records.ts';
import { writeCapture } from './write-capture.ts';

const KRAKEN = 'kraken:BTC-USD';
const COINBASE = 'coinbase:BTC-USD';
const DRIFT = { fromMs: RECORDED_FROM_MS + 10_000, untilMs: RECORDED_FROM_MS + 28_000 };
/** Turns whenever the price does. */
const params = { fastPeriod: 1, slowPeriod: 2 };

const disagrees = ({ flags = [] }: Flagged): boolean => flags.includes('venues-disagree');

describe('a venue whose prices drift away from the others', () => {
  let platform: Platform;
  let live: TradingRecords;
  let engine: TapeRun;
  beforeAll(async () => {
    const recorded = await recordVenues({
      ...{ seed: 7, instruments: 2, tradesPerSecond: 4, seconds: 40 },
      faults: new Map([['kraken', [{ kind: 'drift', ...DRIFT }]]]),
    });
    const path = join(temporaryFolder(), 'recorded.ndjson.gz');
    const lines = recordedLines(recorded);
    const receivedAt = (line: string): bigint =>
      BigInt((JSON.parse(line) as { receivedAtNs: string }).receivedAtNs);
    const inOrder = lines.map((line) => [receivedAt(line), line] as const);
    writeCapture(
      path,
      inOrder.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, line]) => line),
    );
    platform = await openPlatform({ dataDir: temporaryFolder(), use: { market: 'simulated' }, time: 'tape' });
    const instances = [KRAKEN, COINBASE].map((instrumentId) =>
      aStrategy({ params, instrumentId, interval: '1s', latencyMs: 0 }),
    );
    live = await chainOver(platform, path, instances);
    engine = await engineOver(path, instances);
  });
  afterAll(async () => platform.close());

  it('is in the log, one entry a second for trades and books together, and no other venue is', async () => {
    const said = await platform.ports.quality.newest({
      ...{ venue: null, instrumentId: null, flag: 'venues-disagree', fromMs: 0, toMs: 4e12, before: null },
      limit: 1000,
    });
    expect([...new Set(said.map(({ venue, subject }) => `${venue} ${subject}`))]).toEqual(['kraken price']);
    const seconds = said.filter(({ instrumentId }) => instrumentId === KRAKEN).map(({ atMs }) => atMs);
    expect(new Set(seconds).size).toBe(seconds.length);
    expect(Math.min(...seconds)).toBeLessThan(DRIFT.fromMs + 9000);
    expect(Math.max(...seconds)).toBeLessThan(DRIFT.untilMs + 3000);
    expect(seconds.length).toBeGreaterThan(8);
  });

  it('is said of its candles, those of a minute too, and of no others', async () => {
    const flagged = async (instrumentId: string): Promise<number> => {
      const candles = await platform.ports.candles.between(instrumentId, '1s', 0, 4e12, 1000);
      return candles.filter(({ quality = 0 }) => (quality & 2048) !== 0).length;
    };
    expect(await flagged(KRAKEN)).toBeGreaterThan(8);
    expect(await flagged(COINBASE)).toBe(0);
    const [half] = await platform.ports.candles.between(KRAKEN, '30s', 0, 4e12, 1);
    expect((half?.quality ?? 0) & 2048).toBe(2048);
  });

  it('goes with its signals, orders and fills, and counts in its position, live and in the engine', () => {
    for (const name of ['signals', 'orders', 'fills'] as const) {
      const ofVenue = (exchange: string): Flagged[] =>
        live[name].filter(({ instrumentId }) => exchangeOf(instrumentId) === exchange);
      expect([name, ofVenue('kraken').some(disagrees)]).toEqual([name, true]);
      expect([name, ofVenue('kraken').every(disagrees)]).toEqual([name, false]);
      expect([name, ofVenue('coinbase').some(disagrees)]).toEqual([name, false]);
      expect([name, live[name].filter(disagrees).length]).toEqual([
        name,
        engine[name].filter(disagrees).length,
      ]);
    }
  });
});
