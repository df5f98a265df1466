/** A replay that begins in the midst of its captures. */
import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { verifyCapture, type VerifiedCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { flagsOf, UNFLAGGED } from '../../shared/domain/market-data/quality-flags.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { writeCapture } from '../../test/platform/write-capture.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { toldBooks } from '../../test/support/told-books.ts';
import { replayCaptures } from './replay.ts';
import type { TapeSpeed } from './pacer.ts';

const START = 1_723_161_254_000;
const log = createLog({ write: () => undefined }, 'error');
const folder = temporaryFolder();
const WS = 'wss://stream.binance.com:9443/stream';
const REST = 'https://api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000';

function line(atMs: number, kind: string, url: string, message: unknown): string {
  const receivedAtNs = `${START + atMs}000000`;
  return JSON.stringify({ receivedAtNs, exchange: 'binance', kind, url, message: JSON.stringify(message) });
}

const depth = (atMs: number, id: number, bid: string): string => {
  const data = { e: 'depthUpdate', E: START + atMs, s: 'BTCUSDT', U: id, u: id, b: [[bid, '1']], a: [] };
  return line(atMs, 'ws', WS, { stream: 'btcusdt@depth', data });
};
const snapshot = (atMs: number): string =>
  line(atMs, 'rest', REST, { lastUpdateId: 0, bids: [['1', '1']], asks: [['900', '2']] });
const trade = (atMs: number, id: number, p = '100'): string =>
  line(atMs, 'ws', WS, {
    stream: 'btcusdt@trade',
    data: { e: 'trade', E: START + atMs, s: 'BTCUSDT', t: id, p, q: '1', T: START + atMs, m: true },
  });

/** A minute of a book that changes each 50 ms, with a trade each 250 ms; a spike is the trade at 40 s. */
const busy = [
  snapshot(0),
  ...Array.from({ length: 1200 }, (_, n) => 50 + n * 50).flatMap((atMs) => [
    depth(atMs, atMs / 50, String(2 + ((atMs / 50) % 90))),
    ...(atMs % 250 === 0
      ? [trade(atMs, atMs / 250, atMs === 40_000 ? '500' : `100.${(atMs / 250) % 7}`)]
      : []),
  ]),
];

interface Place {
  readonly state: StateStore;
  readonly writer: RecordingStreamWriter;
}

function place(): Place {
  return { state: openMemoryState(), writer: new RecordingStreamWriter() };
}

let captures = 0;
const capture = async (lines: readonly string[]): Promise<VerifiedCapture> => {
  const file = join(folder, `${++captures}.ndjson.gz`);
  writeCapture(file, lines);
  return verifyCapture(file);
};

interface Beginning {
  readonly fromMs?: number;
  readonly speed?: TapeSpeed;
  /** After how many of them it is broken off; left out: it is not. */
  readonly boundaries?: number;
}

async function replay(at: Place, files: readonly VerifiedCapture[], given: Beginning = {}): Promise<string> {
  const { fromMs, speed = 'max', boundaries = Infinity } = given;
  const stop = new AbortController();
  let settled = 0;
  const { kind } = await replayCaptures({
    files,
    ...at,
    ...(fromMs === undefined ? {} : { fromMs: START + fromMs }),
    gate: {
      advanceTo: () => undefined,
      settled: async () => {
        if (boundaries < Infinity) await sleep(5);
        if (++settled > boundaries) stop.abort();
      },
    },
    speed,
    signal: stop.signal,
    log,
  });
  return kind;
}

const tradesOf = ({ writer }: Place) => writer.trades().flatMap(({ trades }) => trades);
const idsOf = (at: Place): number[] => [...new Set(tradesOf(at).map(({ tradeId }) => tradeId))];
/** Quotes alone: of levels one is due each second after the first message, which is another one here. */
const quotesOf = ({ writer }: Place): string[] => [
  ...new Set(
    Object.values(toldBooks(writer.trades()))
      .flat()
      .filter((row) => row.startsWith('quote')),
  ),
];
const archived = ({ writer }: Place): string[] =>
  [...writer.objects().values()].flatMap(({ gzipMember }) =>
    gunzipSync(gzipMember).toString().trimEnd().split('\n'),
  );

describe('a replay from a time', () => {
  it('sends what was received then and later, and of what lies before it nothing', async () => {
    const file = await capture(busy);
    const at = place();
    await replay(at, [file], { fromMs: 30_000 });
    expect(idsOf(at)).toEqual(Array.from({ length: 121 }, (_, n) => 120 + n));
    expect(archived(at)).toEqual(busy.slice(busy.findIndex((text) => text.includes(`"${START + 30_000}0`))));
    const [first] = at.writer.trades();
    expect([first!.watermarks, first!.laneWatermarkMs]).toEqual([[], null]);
  });

  it('tells of books what a whole replay tells from there on: they are whole from the first message', async () => {
    const file = await capture(busy);
    const [whole, at] = [place(), place()];
    await replay(whole, [file]);
    await replay(at, [file], { fromMs: 30_000 });
    const quotes = quotesOf(at);
    expect(quotes.length).toBeGreaterThan(250);
    expect(quotes).toEqual(quotesOf(whole).slice(-quotes.length));
  });

  it('knows what is doubtful as if it had begun at the beginning', async () => {
    const file = await capture(busy);
    const at = place();
    // One trade before the spike: of itself it could not know what the price was.
    await replay(at, [file], { fromMs: 39_600 });
    const flagged = tradesOf(at).filter(({ quality = UNFLAGGED }) => flagsOf(quality).includes('spike'));
    expect(flagged.map(({ tradeId }) => tradeId)).toEqual([160]);
  });

  it('comes to the same wherever it is broken off', async () => {
    const file = await capture(busy);
    const [unbroken, broken] = [place(), place()];
    await replay(unbroken, [file], { fromMs: 30_000 });
    for (let n = 0; n < 60; n++)
      if ((await replay(broken, [file], { fromMs: 30_000, boundaries: 1 + (n % 3) })) === 'finished') break;
    expect(await replay(broken, [file], { fromMs: 30_000 })).toBe('finished-before');
    expect(idsOf(broken)).toEqual(idsOf(unbroken));
    expect(quotesOf(broken).sort()).toEqual(quotesOf(unbroken).sort());
    expect(archived(broken)).toEqual(archived(unbroken));
  });

  it('begins in each of several captures where it is that time', async () => {
    const early = await capture([trade(0, 1), trade(1000, 2), trade(9000, 3)]);
    const late = await capture([trade(500, 11), trade(5000, 12), trade(8000, 13)]);
    const at = place();
    for (let n = 0; n < 10; n++) await replay(at, [early, late], { fromMs: 2000, boundaries: 1 });
    await replay(at, [early, late], { fromMs: 2000 });
    expect(idsOf(at)).toEqual([12, 13, 3]);
    expect(archived(at)).toHaveLength(3);
  });

  it('goes on past a message that was received before it, once it has begun', async () => {
    const file = await capture([trade(0, 1), trade(2000, 2), trade(1900, 3), trade(3000, 4)]);
    const at = place();
    await replay(at, [file], { fromMs: 2000 });
    expect(idsOf(at)).toEqual([2, 3, 4]);
  });

  it('waits for nothing that lies before it, whatever its speed', async () => {
    const hour = 3_600_000;
    const file = await capture([trade(0, 1), trade(hour, 2), trade(2 * hour, 3), trade(2 * hour + 50, 4)]);
    const at = place();
    await replay(at, [file], { fromMs: 2 * hour, speed: 1 });
    expect(idsOf(at)).toEqual([3, 4]);
  });

  it('waits for nothing that an earlier run has sent', async () => {
    const hour = 3_600_000;
    const seconds = Array.from({ length: 20 }, (_, n) => trade(2 * hour + n * 1000, n + 3));
    const file = await capture([trade(0, 1), trade(hour, 2), ...seconds]);
    const at = place();
    expect(await replay(at, [file], { boundaries: 10 })).toBe('aborted');
    // Two hours would take a minute.
    expect(await replay(at, [file], { speed: 120 })).toBe('finished');
    expect(idsOf(at)).toHaveLength(22);
  }, 10_000);

  it('is another tape than one from elsewhere', async () => {
    const file = await capture(busy);
    const at = place();
    expect(await replay(at, [file], { fromMs: 50_000 })).toBe('finished');
    expect(await replay(at, [file], { fromMs: 55_000 })).toBe('finished');
    expect(await replay(at, [file])).toBe('finished');
    expect(idsOf(at)).toHaveLength(240);
  });
});
