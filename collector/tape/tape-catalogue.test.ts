/** Catalogues within captures: where they count, and that a replay which goes on knows them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { verifyCaptures, type VerifiedCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { knownListings } from '../../shared/runtime/known-listings.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { replayCaptures } from './replay.ts';

const START_MS = 1_772_323_200_000;
const folder = mkdtempSync(join(tmpdir(), 'millrace-catalogue-'));
afterAll(() => rmSync(folder, { recursive: true }));

const line = (atMs: number, kind: string, url: string, message: unknown): string =>
  JSON.stringify({
    receivedAtNs: `${START_MS + atMs}000000`,
    exchange: 'binance',
    kind,
    url,
    message: JSON.stringify(message),
  });

const catalogue = (atMs: number, ...pairs: readonly (readonly [base: string, quote: string])[]): string =>
  line(atMs, 'rest', 'https://api.binance.com/api/v3/exchangeInfo', {
    symbols: pairs.map(([baseAsset, quoteAsset]) => ({
      symbol: baseAsset + quoteAsset,
      status: 'TRADING',
      baseAsset,
      quoteAsset,
    })),
  });

const trade = (atMs: number, s: string, t: number): string =>
  line(atMs, 'ws', 'wss://stream.binance.com:9443/stream', {
    e: 'trade',
    E: START_MS + atMs,
    s,
    t,
    p: '1',
    q: '1',
    T: START_MS + atMs,
    m: true,
  });

let written = 0;
async function captures(...files: readonly (readonly string[])[]): Promise<readonly VerifiedCapture[]> {
  const paths = files.map((lines) => {
    const path = join(folder, `${written++}.ndjson.gz`);
    writeFileSync(path, gzipSync(lines.join('\n')));
    return path;
  });
  return verifyCaptures(paths);
}

function platform() {
  const writer = new RecordingStreamWriter();
  const state = openMemoryState();
  const replay = async (files: readonly VerifiedCapture[], signal = new AbortController().signal) =>
    replayCaptures({
      files,
      writer,
      state,
      gate: { advanceTo: () => undefined, settled: async () => undefined },
      speed: 'max',
      signal,
      log: createLog({ write: () => undefined }, 'error'),
    });
  const sent = (): string[] => [
    ...new Set(
      writer.trades().flatMap(({ trades }) => trades.map((one) => `${one.instrumentId} ${one.tradeId}`)),
    ),
  ];
  const malformed = (): string[] =>
    writer.trades().flatMap((record) => record.poison.map(({ cause }) => cause));
  return { writer, state, replay, sent, malformed };
}

describe('a catalogue within a capture', () => {
  it('says where the symbols part from there on, and is kept with the time at which it came', async () => {
    const [file] = await captures([
      catalogue(0, ['BTC', 'USDT'], ['币安人生', 'USDT']),
      trade(1000, '币安人生USDT', 1),
      trade(2000, 'NONSENSE', 1),
    ]);
    expect([file!.tally.trades, file!.tally.setAside.map(({ what }) => what)]).toEqual([
      1,
      ['trade of "NONSENSE"'],
    ]);
    const at = platform();
    await at.replay([file!]);
    expect(at.sent()).toEqual(['binance:币安人生-USDT 1']);
    expect(at.malformed()).toEqual(['an unknown symbol "NONSENSE": the catalogue does not list it']);
    expect(
      (await knownListings(at.state, 'binance', Infinity)).map(({ instrumentId, fromMs }) => [
        instrumentId,
        fromMs,
      ]),
    ).toEqual([
      ['binance:BTC-USDT', START_MS],
      ['binance:币安人生-USDT', START_MS],
    ]);
  });

  it('does not count for the trades before it: those are read by the codes that are known', async () => {
    const [file] = await captures([
      trade(0, 'ADAEUR', 1),
      trade(1, '币安人生USDT', 1),
      catalogue(500, ['ADAE', 'UR'], ['币安人生', 'USDT']),
      trade(1000, 'ADAEUR', 2),
      trade(1001, '币安人生USDT', 2),
    ]);
    const at = platform();
    await at.replay([file!]);
    expect(at.sent().sort()).toEqual(
      ['binance:ADA-EUR 1', 'binance:ADAE-UR 2', 'binance:币安人生-USDT 2'].sort(),
    );
    expect(at.malformed()).toEqual([
      'an unknown symbol "币安人生USDT": no catalogue, and its codes are not known',
    ]);
  });

  it('gives way to the next one, and counts for the captures of the same tape behind it', async () => {
    const files = await captures(
      [trade(4000, 'ABCD', 2), trade(5000, 'BTCUSDT', 2)],
      [
        catalogue(0, ['ABC', 'D'], ['BTC', 'USDT']),
        trade(1000, 'ABCD', 1),
        catalogue(2000, ['AB', 'CD'], ['BTC', 'USDT']),
        trade(2500, 'BTCUSDT', 1),
      ],
    );
    expect(files.map(({ instruments }) => instruments)).toEqual([
      ['binance:AB-CD', 'binance:BTC-USDT'],
      ['binance:ABC-D', 'binance:BTC-USDT'],
    ]);
    const at = platform();
    await at.replay(files);
    expect(at.sent().sort()).toEqual(
      ['binance:AB-CD 2', 'binance:ABC-D 1', 'binance:BTC-USDT 1', 'binance:BTC-USDT 2'].sort(),
    );
    const known = await knownListings(at.state, 'binance', Infinity);
    expect(
      known.map(({ instrumentId, status, fromMs }) => [instrumentId, status, fromMs - START_MS]),
    ).toEqual([
      ['binance:AB-CD', 'trading', 2000],
      ['binance:ABC-D', 'delisted', 2000],
      ['binance:BTC-USDT', 'trading', 0],
    ]);
    expect(
      (await knownListings(at.state, 'binance', START_MS + 1999)).map(({ instrumentId }) => instrumentId),
    ).toEqual(['binance:ABC-D', 'binance:BTC-USDT']);
  });

  it('is known to a replay that goes on behind it', async () => {
    // More than one object of the archive holds: what is in it is not read again.
    const trades = Array.from({ length: 12_000 }, (_, n) => trade(1000 + n * 10, '币安人生USDT', n + 1));
    const files = await captures([catalogue(0, ['币安人生', 'USDT']), ...trades]);
    const at = platform();
    const stop = new AbortController();
    let calls = 0;
    at.writer.before = async () => {
      // Some boundaries later, so that a position behind it is kept.
      if (at.writer.calls.some(({ stream }) => stream === 'raw') && ++calls > 20) stop.abort();
    };
    expect((await at.replay(files, stop.signal)).kind).toBe('aborted');
    expect((await at.replay(files)).kind).toBe('finished');
    expect(at.malformed()).toEqual([]);
    expect(at.sent()).toHaveLength(12_000);
  });
});
