/** What a collector knows of the venue's catalogue, in made-up time. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { createLog } from '../../shared/runtime/log.ts';
import { knownListings } from '../../shared/runtime/known-listings.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { ScriptedVenue } from '../../test/support/scripted-venue.ts';
import { SimulatedTime } from '../../test/support/simulated-time.ts';
import { collectLive } from './collect-live.ts';

const START_MS = Date.UTC(2026, 0, 1);
const CHINESE = 'binance:币安人生-USDT';

let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});

const pair = (baseAsset: string, quoteAsset: string, tickSize: string) => ({
  symbol: baseAsset + quoteAsset,
  status: 'TRADING',
  baseAsset,
  quoteAsset,
  filters: [{ filterType: 'PRICE_FILTER', tickSize }],
});

/** A collector that listens to a pair by a Chinese name; its venue answers questions as it is told to. */
function listening(answer: (url: URL, nowMs: number) => unknown) {
  const time = new SimulatedTime(START_MS);
  const venue = new ScriptedVenue(time.process());
  const writer = new RecordingStreamWriter();
  const state = openMemoryState();
  const logged: string[] = [];
  const stop = new AbortController();
  venue.answer = (url) => answer(url, time.nowMs() - START_MS);
  const collecting = collectLive({
    exchange: 'binance',
    instrumentIds: [CHINESE],
    writer,
    state,
    isSole: true,
    log: createLog(
      { write: (line) => logged.push((JSON.parse(line) as { message: string }).message) },
      'info',
    ),
    signal: stop.signal,
    transport: venue.transport,
    time: time.process(),
    random: () => 0.5,
  });
  const end = async (): Promise<void> => {
    stop.abort();
    await Promise.all([collecting, time.pass(5000)]);
  };
  stops.push(end);
  const trade = (id: number): void => {
    const T = time.nowMs();
    venue.lines.at(-1)!.say({ e: 'trade', E: T, s: '币安人生USDT', t: id, p: '1', q: '1', T, m: true });
  };
  const catalogueQuestions = (): number => venue.asked.filter((url) => url.includes('exchangeInfo')).length;
  const ids = (): number[] => writer.trades().flatMap(({ trades }) => trades.map(({ tradeId }) => tradeId));
  const steps = async (asOfMs = Infinity): Promise<string[]> =>
    (await knownListings(state, 'binance', asOfMs)).map(
      ({ instrumentId, priceStep, fromMs }) => `${instrumentId} ${priceStep} ${fromMs - START_MS}`,
    );
  const archived = (): { kind: string; url: string }[] =>
    [...writer.objects().values()].flatMap(({ gzipMember }) =>
      gunzipSync(gzipMember)
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { kind: string; url: string }),
    );
  return { time, venue, logged, end, trade, ids, steps, catalogueQuestions, archived };
}

const isCatalogue = ({ pathname }: URL): boolean => pathname.endsWith('/exchangeInfo');

describe('a collector', () => {
  it('asks for the catalogue at its start, archives the answer and keeps what it says', async () => {
    const at = listening((url) => {
      return isCatalogue(url) ? { symbols: [pair('币安人生', 'USDT', '0.0001')] } : {};
    });
    await at.time.pass(100);
    at.trade(1);
    await at.time.pass(100);
    expect(at.venue.lines.map(({ url }) => url)).toEqual([
      `wss://stream.binance.com:9443/stream?streams=${['trade', 'depth@100ms', 'bookTicker']
        .map((channel) => `${encodeURIComponent('币安人生usdt')}@${channel}`)
        .join('/')}`,
    ]);
    expect(at.ids()).toEqual([1]);
    expect(await at.steps()).toEqual([`${CHINESE} 0.0001 1`]);
    await at.end();
    const [first] = at.archived();
    expect(first).toMatchObject({ kind: 'rest', url: expect.stringContaining('/api/v3/exchangeInfo') });
  });

  it('asks again at a bounded pace, and keeps a change with the time from which it was known', async () => {
    const at = listening((url, nowMs) =>
      isCatalogue(url) ? { symbols: [pair('币安人生', 'USDT', nowMs < 3_600_000 ? '0.1' : '0.01')] } : {},
    );
    await at.time.pass(3_590_000);
    expect(at.catalogueQuestions()).toBe(1);
    await at.time.pass(20_000);
    expect(at.catalogueQuestions()).toBe(2);
    expect(await at.steps(START_MS + 3_599_000)).toEqual([`${CHINESE} 0.1 1`]);
    expect(await at.steps()).toEqual([`${CHINESE} 0.01 3600002`]);
  });

  it('goes on without a catalogue that is away for ten minutes: no trade is lost, and it is asked for again', async () => {
    const at = listening((url, nowMs) => {
      if (!isCatalogue(url)) return {};
      return nowMs < 600_000
        ? { code: -1, msg: 'maintenance' }
        : { symbols: [pair('币安人生', 'USDT', '0.1')] };
    });
    await at.time.pass(100);
    at.trade(1);
    await at.time.pass(300_000);
    at.trade(2);
    await at.time.pass(100);
    expect(at.ids()).toEqual([1, 2]);
    expect(await at.steps()).toEqual([]);
    expect(at.catalogueQuestions()).toBeLessThan(15);
    await at.time.pass(700_000);
    expect(await at.steps()).toHaveLength(1);
    const away = 'the catalogue cannot be had: it is asked for again, and trades come meanwhile';
    expect(at.logged.filter((message) => message.includes('catalogue'))).toEqual([
      away,
      'the catalogue is there again',
    ]);
  });

  it('says when what it listens to does not trade any more', async () => {
    const at = listening((url) =>
      isCatalogue(url) ? { symbols: [{ ...pair('币安人生', 'USDT', '0.1'), status: 'BREAK' }] } : {},
    );
    await at.time.pass(100);
    expect(at.logged).toContain('an instrument does not trade');
  });
});
