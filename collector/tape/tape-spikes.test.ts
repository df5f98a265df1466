import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { verifyCapture, type VerifiedCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { flagsOf, UNFLAGGED } from '../../shared/domain/market-data/quality-flags.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { writeCapture } from '../../test/platform/write-capture.ts';
import { replayCaptures } from './replay.ts';
import { tapeOfCapture } from './tape-of-capture.ts';

const START = 1_723_161_254_000;
const log = createLog({ write: () => undefined }, 'error');
const folder = mkdtempSync(join(tmpdir(), 'millrace-tape-spikes-'));
afterAll(() => rmSync(folder, { recursive: true }));

function trade(id: number, p: string, session?: string): string {
  const timeMs = START + id * 500;
  const data = { e: 'trade', E: timeMs, s: 'BTCUSDT', t: id, p, q: '1', T: timeMs, m: true };
  return JSON.stringify({
    receivedAtNs: `${timeMs + 2}000000`,
    exchange: 'binance',
    kind: 'ws',
    url: 'wss://stream.binance.com:9443/stream',
    session,
    message: JSON.stringify({ stream: 'btcusdt@trade', data }),
  });
}

/** Two trades a second, and a spike at every tenth of the later ones. */
const prices = Array.from({ length: 80 }, (_, n) => (n >= 30 && n % 10 === 5 ? '500' : `100.${n % 7}`));
const SPIKES = prices.flatMap((price, n) => (price === '500' ? [n + 1] : []));

let written = 0;
async function capture(lines: readonly string[]): Promise<VerifiedCapture> {
  const path = join(folder, `${written++}.ndjson.gz`);
  writeCapture(path, lines);
  return verifyCapture(path);
}

/** @param boundaries after how many of them it is broken off, and begun again until it is over. */
async function spikesTold(file: VerifiedCapture, boundaries = Infinity): Promise<number[]> {
  const writer = new RecordingStreamWriter();
  const state = openMemoryState();
  for (let runs = 0; runs < 100; runs++) {
    const stop = new AbortController();
    let settled = 0;
    const outcome = await replayCaptures({
      files: [file],
      writer,
      state,
      gate: {
        advanceTo: () => undefined,
        settled: async () => {
          if (boundaries < Infinity) await sleep(5);
          if (++settled > boundaries) stop.abort();
        },
      },
      speed: 'max',
      signal: stop.signal,
      log,
    });
    if (outcome.kind !== 'aborted') break;
  }
  const trades = writer.trades().flatMap((record) => record.trades);
  const flagsById = new Map<number, string>();
  for (const { tradeId, quality = UNFLAGGED } of trades) {
    const flags = flagsOf(quality).join();
    // What is sent again says the same again.
    expect(flagsById.get(tradeId) ?? flags).toBe(flags);
    flagsById.set(tradeId, flags);
  }
  return [...flagsById].filter(([, flags]) => flags === 'spike').map(([id]) => id);
}

describe('the spikes of a tape', () => {
  const lines = prices.map((price, n) => trade(n + 1, price));

  it('are flagged in its lanes and in its steps', async () => {
    const file = await capture(lines);
    expect(await spikesTold(file)).toEqual(SPIKES);
    const stepped: number[] = [];
    for await (const steps of tapeOfCapture(file.path)) {
      for (const step of steps)
        if (step.kind === 'trade' && step.trade.quality !== undefined) stepped.push(step.trade.tradeId);
    }
    expect(stepped).toEqual(SPIKES);
  });

  it.each([3, 7, 16])('are the same where it is broken off after each %d boundaries', async (boundaries) => {
    expect(await spikesTold(await capture(lines), boundaries)).toEqual(SPIKES);
  });

  it('are the same where messages come twice', async () => {
    expect(await spikesTold(await capture(lines.flatMap((line) => [line, line])))).toEqual(SPIKES);
  });

  it('are not known of another session before it has lasted for ten seconds, as it was live', async () => {
    const sessions = prices.map((price, n) => trade(n + 1, price, n < 40 ? 'one' : 'two'));
    expect(await spikesTold(await capture(sessions))).toEqual(SPIKES.filter((id) => id < 40 || id > 60));
  });
});
