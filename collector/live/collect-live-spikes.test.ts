/** Three simulated venues whose prices spike, the collectors that listen to them, and what they record, replayed. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { EXCHANGES } from '../../shared/domain/market-data/exchanges.ts';
import { exchangeOf } from '../../shared/domain/market-data/instrument.ts';
import { isFlagged, UNFLAGGED } from '../../shared/domain/market-data/quality-flags.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { recordedLines } from '../../test/support/recorded-capture.ts';
import { RECORDED_FROM_MS, recordVenues } from '../../test/support/recorded-venues.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { writeCapture } from '../../test/platform/write-capture.ts';
import { replayCaptures } from '../tape/replay.ts';

const quiet = createLog({ write: () => undefined }, 'error');

const SPIKES = {
  kind: 'price-spike',
  fromMs: RECORDED_FROM_MS + 20_000,
  untilMs: RECORDED_FROM_MS + 26_000,
} as const;

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
  const faults = new Map(EXCHANGES.map((exchange) => [exchange, [SPIKES]] as const));
  return recordVenues({ seed: 3, instruments: 4, tradesPerSecond: 6, seconds: 30, faults });
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
