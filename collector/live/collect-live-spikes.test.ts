/** Three simulated venues whose prices spike, the collectors that listen to them, and what they record, replayed. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { mulberry32 } from '../../embedded/runtime/faults.ts';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { EXCHANGES } from '../../shared/domain/market-data/exchanges.ts';
import { exchangeOf } from '../../shared/domain/market-data/instrument.ts';
import { isFlagged, UNFLAGGED } from '../../shared/domain/market-data/quality-flags.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { inProcessEndpoints, inProcessTransport } from '../../simulator/venues/in-process-transport.ts';
import { simulatedVenues } from '../../simulator/venues/simulated-venues.ts';
import { FaultPlan } from '../../simulator/venues/venue-faults.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { recordedLines } from '../../test/support/recorded-capture.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { SimulatedTime } from '../../test/support/simulated-time.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { writeCapture } from '../../test/platform/write-capture.ts';
import { replayCaptures } from '../tape/replay.ts';
import { collectLive } from './collect-live.ts';

const START_MS = Date.UTC(2026, 0, 1);
const SPIKES = { kind: 'price-spike', fromMs: START_MS + 20_000, untilMs: START_MS + 26_000 } as const;
const SEED = 3;
const quiet = createLog({ write: () => undefined }, 'error');

/** `instrument id time price`, and whether it is flagged as a spike; each trade once. */
function told(writer: RecordingStreamWriter): Map<string, boolean> {
  const trades = writer.trades().flatMap((record) => record.trades);
  return new Map(
    trades.map(({ instrumentId, tradeId, timeMs, price, quality = UNFLAGGED }) => [
      `${instrumentId} ${tradeId} ${timeMs} ${price}`,
      isFlagged(quality, 'spike'),
    ]),
  );
}

async function collected(): Promise<RecordingStreamWriter> {
  const writer = new RecordingStreamWriter();
  const time = new SimulatedTime(START_MS);
  const process = time.process();
  const random = mulberry32(SEED);
  const venues = simulatedVenues({
    seed: SEED,
    instruments: 4,
    tradesPerSecond: 6,
    time: process,
    random,
    historyMs: 10_000,
    faults: new Map(EXCHANGES.map((exchange) => [exchange, new FaultPlan([SPIKES])] as const)),
  });
  const stop = new AbortController();
  let running = 0;
  for (const venue of venues) {
    venue.open();
    running++;
    void collectLive({
      exchange: venue.exchange,
      instrumentIds: venue.listings.map(({ instrumentId }) => instrumentId),
      endpoints: inProcessEndpoints(venue),
      writer,
      state: openMemoryState(),
      isSole: true,
      log: quiet,
      signal: stop.signal,
      transport: inProcessTransport({ venues, time: process, random }),
      time: process,
      random,
    }).finally(() => running--);
  }
  await time.pass(30_000);
  for (const venue of venues) venue.close();
  stop.abort();
  for (let n = 0; n < 200 && running > 0; n++) {
    await time.pass(50);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(running).toBe(0);
  return writer;
}

describe('prices that spike at three venues', () => {
  let live: RecordingStreamWriter;
  beforeAll(async () => {
    live = await collected();
  });

  it('are flagged, all of them and nothing else', () => {
    const firstPrices = new Map<string, number>();
    const spikes = new Map<string, number>();
    for (const [name, isSpike] of told(live)) {
      const [instrumentId, , , price] = name.split(' ') as [string, string, string, string];
      const ratio = Number(price) / 1e12 / (firstPrices.get(instrumentId) ?? Number(price) / 1e12);
      if (!firstPrices.has(instrumentId)) firstPrices.set(instrumentId, Number(price) / 1e12);
      const isWild = ratio > 2 || ratio < 0.5;
      expect([name, isSpike]).toEqual([name, isWild]);
      const exchange = exchangeOf(instrumentId);
      if (isWild) spikes.set(exchange, (spikes.get(exchange) ?? 0) + 1);
    }
    for (const exchange of EXCHANGES) expect(spikes.get(exchange)).toBeGreaterThan(3);
  });

  it('are flagged in a replay of what was recorded, the very same ones', async () => {
    const path = join(temporaryFolder(), 'recorded.ndjson.gz');
    writeCapture(path, recordedLines(live));
    const again = new RecordingStreamWriter();
    await replayCaptures({
      files: [await verifyCapture(path)],
      writer: again,
      state: openMemoryState(),
      gate: { advanceTo: () => undefined, settled: async () => undefined },
      speed: 'max',
      signal: new AbortController().signal,
      log: quiet,
    });
    const sorted = (writer: RecordingStreamWriter) => [...told(writer)].sort();
    expect(sorted(again)).toEqual(sorted(live));
  });
});
