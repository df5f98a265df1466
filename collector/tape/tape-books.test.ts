import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { verifyCapture, type VerifiedCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { readBookRows } from '../../shared/contracts/stream-records.ts';
import type { StateStore, Write } from '../../shared/ports/state-store.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { writeCapture } from '../../test/platform/write-capture.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { toldBooks } from '../../test/support/told-books.ts';
import { replayCaptures } from './replay.ts';

const START = 1_723_161_254_000;
const log = createLog({ write: () => undefined }, 'error');
const folder = mkdtempSync(join(tmpdir(), 'millrace-tape-books-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WS = 'wss://stream.binance.com:9443/stream';
const REST = 'https://api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000';

function line(atMs: number, kind: string, url: string, message: unknown, connection?: string): string {
  const receivedAtNs = `${START + atMs}000000`;
  return JSON.stringify({
    receivedAtNs,
    exchange: 'binance',
    kind,
    url,
    connection,
    message: JSON.stringify(message),
  });
}

const depth = (atMs: number, id: number, bid: string, connection?: string): string => {
  const data = { e: 'depthUpdate', E: START + atMs, s: 'BTCUSDT', U: id, u: id, b: [[bid, '1']], a: [] };
  return line(atMs, 'ws', WS, { stream: 'btcusdt@depth', data }, connection);
};
const snapshot = (atMs: number, lastUpdateId: number, connection?: string): string =>
  line(atMs, 'rest', REST, { lastUpdateId, bids: [['1', '1']], asks: [['900', '2']] }, connection);
const trade = (atMs: number, id: number): string =>
  line(atMs, 'ws', WS, {
    stream: 'btcusdt@trade',
    data: { e: 'trade', E: START + atMs, s: 'BTCUSDT', t: id, p: '1', q: '1', T: START + atMs, m: true },
  });

/** A venue's clock of a second after it was heard: grace for what is under way. */
const heartbeat = (atMs: number): string =>
  line(atMs, 'heartbeat', 'collector', { venueTimeMs: START + atMs + 1000 });

let written = 0;
async function capture(lines: readonly string[]): Promise<VerifiedCapture> {
  const path = join(folder, `${written++}.ndjson.gz`);
  writeCapture(path, lines);
  return verifyCapture(path);
}

interface Stores {
  readonly writer: StreamWriter;
  readonly state: StateStore;
}
interface Place extends Stores {
  readonly writer: RecordingStreamWriter;
}
const place = (): Place => ({ writer: new RecordingStreamWriter(), state: openMemoryState() });

/** @param boundaries after how many of them it is broken off; left out: it is not. */
async function replay(at: Stores, files: readonly VerifiedCapture[], boundaries = Infinity): Promise<void> {
  const stop = new AbortController();
  let settled = 0;
  await replayCaptures({
    files,
    ...at,
    gate: {
      advanceTo: () => undefined,
      settled: async () => {
        // So that the archive has what came so far, and the next run need not read it again for that.
        if (boundaries < Infinity) await sleep(20);
        if (++settled > boundaries) stop.abort();
      },
    },
    speed: 'max',
    signal: stop.signal,
    log,
  });
}

/** The same place, in which nothing more is sent once a position has been kept so many times. */
function endingAfter(saves: number, { writer, state }: Place): Stores {
  let saved = 0;
  const kept = new Proxy(state, {
    get: (target, name: keyof StateStore) =>
      name === 'write'
        ? async (write: Write): Promise<void> => {
            await target.write(write);
            saved++;
          }
        : target[name].bind(target),
  });
  const append: StreamWriter['append'] = async (stream, records) => {
    if (saved >= saves) throw new Error('it is over');
    return writer.append(stream, records);
  };
  return { writer: { append }, state: kept };
}

/** Best bids, and what each was told behind: how many trades of the whole tape. */
function quotes({ writer }: Place): (readonly [ms: number, bid: number, tradesBefore: number])[] {
  let before = 0;
  return writer.trades().flatMap((record) => {
    const rows = readBookRows(record).quotes.map(({ timeMs, bid, tradesBefore }) => {
      return [timeMs - START, Number(bid!.price / 10n ** 12n), before + tradesBefore] as const;
    });
    before += record.trades.length;
    return rows;
  });
}

/** More than one object of the archive holds. */
const filler = Array.from({ length: 8200 }, () => line(1, 'ws', WS, { result: null, id: 1 }));

/** Three seconds of a book that changes each 50 ms, with a trade each 120 ms. */
const busy = [
  snapshot(0, 0),
  ...filler,
  ...Array.from({ length: 300 }, (_, n) => 10 + n * 10).flatMap((atMs) => [
    ...(atMs % 50 === 0 ? [depth(atMs, atMs / 50, String(2 + atMs / 50))] : []),
    ...(atMs % 120 === 0 ? [trade(atMs, atMs / 120)] : []),
  ]),
];

describe('the books of a tape', () => {
  it('are told among its trades, in one order with them', async () => {
    const at = place();
    await replay(at, [
      await capture([
        snapshot(0, 3),
        depth(1, 4, '4'),
        depth(10, 5, '5'),
        trade(20, 1),
        depth(110, 6, '6'),
        trade(120, 2),
        depth(250, 7, '7'),
      ]),
    ]);
    expect(quotes(at)).toEqual([
      [10, 5, 1],
      [110, 6, 2],
    ]);
  });

  it('move no watermark, and nothing waits for them', async () => {
    const at = place();
    await replay(at, [
      await capture([snapshot(0, 0), ...[0, 10, 1500, 3000, 4500].map((ms, n) => depth(ms, n + 1, '5'))]),
    ]);
    expect(quotes(at)).toHaveLength(3);
    for (const { watermarks, laneWatermarkMs } of at.writer.trades())
      expect([watermarks, laneWatermarkMs]).toEqual([[], null]);
  });

  it('are the same wherever the tape is broken off, and however often', async () => {
    const file = await capture(busy);
    const whole = place();
    await replay(whole, [file]);
    const expected = toldBooks(whole.writer.trades());
    expect(Object.values(expected).flat()).toHaveLength(29 + 3);
    for (const every of [1, 2, 3]) {
      const broken = place();
      for (let n = 0; n < 12; n++) await replay(broken, [file], every);
      await replay(broken, [file]);
      const told = toldBooks(broken.writer.trades());
      // What was sent and not known to be durable is sent again, and is known by what it says.
      const distinct = Object.entries(told).map(([lane, rows]) => [lane, [...new Set(rows)]]);
      expect(Object.fromEntries(distinct)).toEqual(expected);
    }
  });

  it('that a heartbeat tells lie behind its boundary, and are not lost where the tape is broken off at it', async () => {
    // In one second of the venue nothing else tells that the last 100 ms of the one before are over.
    const file = await capture([
      snapshot(0, 0),
      depth(10, 1, '2'),
      ...[1, 2, 3, 4].flatMap((n) => [
        depth(n * 1000 + 950, n + 1, String(10 * n)),
        trade(n * 1000 + 960, n),
        heartbeat((n + 1) * 1000),
      ]),
    ]);
    const whole = place();
    await replay(whole, [file]);
    expect(quotes(whole).map(([ms, bid]) => [ms, bid])).toEqual(
      [1, 2, 3, 4].map((n) => [n * 1000 + 950, 10 * n]),
    );
    const expected = toldBooks(whole.writer.trades());
    for (let saves = 1; saves <= 4; saves++) {
      const broken = place();
      await expect(replay(endingAfter(saves, broken), [file])).rejects.toThrow('it is over');
      await replay(broken, [file]);
      const told = Object.entries(toldBooks(broken.writer.trades()));
      expect(Object.fromEntries(told.map(([lane, rows]) => [lane, [...new Set(rows)]]))).toEqual(expected);
    }
  });

  it('of two captures side by side are those of two connections, though they have one name', async () => {
    const one = await capture([
      snapshot(0, 4, 'a'),
      depth(10, 5, '5', 'a'),
      depth(110, 6, '6', 'a'),
      depth(210, 7, '7', 'a'),
    ]);
    const other = await capture([
      snapshot(5, 90, 'a'),
      depth(15, 91, '8', 'a'),
      depth(115, 92, '9', 'a'),
      depth(215, 93, '9', 'a'),
    ]);
    const at = place();
    await replay(at, [one, other]);
    expect(quotes(at).map(([ms, bid]) => [ms, bid])).toEqual([
      [10, 5],
      [110, 6],
    ]);
  });
});
