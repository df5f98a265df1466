/** The collector and the books of venues that say what a test has them say, in made-up time. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { readBookRows } from '../../shared/contracts/stream-records.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { flagsOf } from '../../shared/domain/market-data/quality-flags.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { writeCapture } from '../../test/platform/write-capture.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { recordedLines } from '../../test/support/recorded-capture.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { ScriptedVenue } from '../../test/support/scripted-venue.ts';
import { SimulatedTime } from '../../test/support/simulated-time.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { toldBooks } from '../../test/support/told-books.ts';
import { replayCaptures } from '../tape/replay.ts';
import { chooseInstruments } from './choose-instruments.ts';
import { collectLive } from './collect-live.ts';
import { VenueVitals } from './venue-vitals.ts';

const START_MS = Date.UTC(2026, 0, 1);
const quiet = createLog({ write: () => undefined }, 'error');

let time: SimulatedTime;
let venue: ScriptedVenue;
let writer: RecordingStreamWriter;
let vitals: VenueVitals;
let stop: () => Promise<void>;

beforeEach(() => {
  time = new SimulatedTime(START_MS);
  venue = new ScriptedVenue(time.process());
  writer = new RecordingStreamWriter();
  stop = async () => undefined;
});
afterEach(async () => stop());

async function listen(exchange: Exchange, ...symbols: string[]): Promise<void> {
  const ending = new AbortController();
  vitals = new VenueVitals(exchange);
  const collecting = collectLive({
    exchange,
    instrumentIds: chooseInstruments(exchange, symbols),
    writer,
    state: openMemoryState(),
    isSole: true,
    log: quiet,
    signal: ending.signal,
    vitals,
    transport: venue.transport,
    time: time.process(),
    random: () => 0.5,
  });
  let isOver = false;
  void collecting.finally(() => (isOver = true));
  stop = async () => {
    ending.abort();
    for (let n = 0; n < 100 && !isOver; n++) await time.pass(100);
    await collecting;
  };
  await time.pass(50);
}

/** Since the start. */
const nowMs = (): number => time.nowMs() - START_MS;
const isoOf = (ms: number): string => new Date(START_MS + ms).toISOString();

/** What was told: `bid flags`, in order. */
function told(): string[] {
  return writer.trades().flatMap((record) => {
    const { quotes, poison } = readBookRows(record);
    expect(poison).toEqual([]);
    return quotes.map(({ bid, quality }) => {
      const price = bid === null ? '-' : String(Number(bid.price / 10n ** 11n) / 10);
      return [price, ...flagsOf(quality)].join(' ');
    });
  });
}

/** What was recorded, replayed into streams that remember. */
async function replayed(): Promise<RecordingStreamWriter> {
  const path = join(temporaryFolder(), 'recorded.ndjson.gz');
  writeCapture(path, recordedLines(writer));
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
  return again;
}

async function expectReplayToTellTheSame(): Promise<void> {
  await stop();
  stop = async () => undefined;
  expect(toldBooks((await replayed()).trades())).toEqual(toldBooks(writer.trades()));
}

describe('a book of Binance', () => {
  /** Updates that were sent, whatever became of them. */
  let sent: number;
  beforeEach(() => {
    sent = 100;
    venue.answer = answer;
  });

  const answer = (url: URL): unknown => {
    if (url.pathname.endsWith('/time')) return { serverTime: time.nowMs() };
    if (!url.pathname.endsWith('/depth')) return [];
    return { lastUpdateId: sent, bids: [[String(sent), '1']], asks: [['9000', '2']] };
  };
  const asked = (): number => venue.asked.filter((url) => url.includes('/depth')).length;
  const line = () => venue.lines.at(-1)!;
  const update = (isSaid = true): void => {
    sent++;
    const b = [
      [String(sent - 1), '0'],
      [String(sent), '1'],
    ];
    const data = { e: 'depthUpdate', E: time.nowMs(), s: 'BTCUSDT', U: sent, u: sent, b, a: [] };
    if (isSaid) line().say({ stream: 'btcusdt@depth@100ms', data });
  };
  const trade = (id: number): void => {
    const data = {
      e: 'trade',
      E: time.nowMs(),
      s: 'BTCUSDT',
      t: id,
      p: '1',
      q: '1',
      T: time.nowMs(),
      m: true,
    };
    line().say({ stream: 'btcusdt@trade', data });
  };
  const updates = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      update();
      await time.pass(100);
    }
  };

  it('is begun by a snapshot, and told as it changes', async () => {
    await listen('binance', 'BTCUSDT');
    expect(asked()).toBe(1);
    await updates(5);
    await time.pass(2000);
    expect(told()).toEqual(['101', '102', '103', '104', '105']);
    expect(asked()).toBe(1);
    expect(vitals.takeBooks()).toMatchObject({ notWhole: 0, counted: { updates: 5, applied: 5, gaps: 0 } });
    await expectReplayToTellTheSame();
  });

  it('of a market in which nothing happens is whole, is asked for once, and is not told', async () => {
    await listen('binance', 'BTCUSDT');
    await time.pass(600_000);
    expect([asked(), told()]).toEqual([1, []]);
    expect(vitals.takeBooks()).toMatchObject({ notWhole: 0 });
    update();
    await time.pass(4000);
    expect(told()).toEqual(['101']);
  });

  it('that misses an update is told as in doubt, and begun anew by another snapshot within a second', async () => {
    await listen('binance', 'BTCUSDT');
    await updates(3);
    update(false);
    await updates(6);
    await time.pass(2500);
    const all = told();
    expect(all.slice(0, 4)).toEqual(['101', '102', '103', '103 gap']);
    expect(all.slice(4).filter((one) => one.endsWith('gap'))).toEqual([]);
    expect(all[4]).toMatch(/resync$/);
    expect(all.at(-1)).toBe('110');
    expect(asked()).toBe(2);
    await expectReplayToTellTheSame();
  });

  it('that is not whole is counted as such, with its state and since when', async () => {
    await listen('binance', 'BTCUSDT');
    await updates(3);
    expect(vitals.books).toMatchObject({ listened: 1, broken: [] });
    venue.answer = (url) => {
      if (url.pathname.endsWith('/depth')) throw new Error('connection refused');
      return answer(url);
    };
    update(false);
    const brokenMs = time.nowMs();
    await updates(2);
    await time.pass(20_000);
    const { broken } = vitals.books!;
    expect(broken).toMatchObject([{ instrumentId: 'binance:BTC-USDT', state: 'gap' }]);
    expect(broken[0]!.sinceMs).toBeGreaterThanOrEqual(brokenMs);
    expect(broken[0]!.sinceMs).toBeLessThanOrEqual(brokenMs + 1200);
    venue.answer = answer;
    await time.pass(5000);
    expect(vitals.books).toMatchObject({ listened: 1, broken: [] });
  });

  it('waits for a snapshot that reaches the updates which came before it', async () => {
    let old = 2;
    venue.answer = (url) => {
      const told = answer(url) as { lastUpdateId?: number };
      return told.lastUpdateId !== undefined && old-- > 0 ? { ...told, lastUpdateId: 50 } : told;
    };
    venue.delayMs = 500;
    await listen('binance', 'BTCUSDT');
    await updates(40);
    expect(asked()).toBe(3);
    expect(told().length).toBeGreaterThan(10);
    expect(told().filter((one) => one.includes(' '))).toEqual([]);
    await expectReplayToTellTheSame();
  });

  it('of a connection that breaks before its snapshot has come is begun over the next', async () => {
    venue.delayMs = 2000;
    await listen('binance', 'BTCUSDT');
    await updates(3);
    line().cut();
    await time.pass(1000);
    expect(venue.lines).toHaveLength(2);
    venue.delayMs = 1;
    await updates(60);
    expect(told().length).toBeGreaterThan(20);
    expect(told().filter((one) => one.includes(' '))).toEqual([]);
    await expectReplayToTellTheSame();
  });

  it('is stale while the venue is away for ten minutes, and is begun anew when it is back', async () => {
    await listen('binance', 'BTCUSDT');
    trade(1);
    await updates(3);
    venue.isDown = true;
    line().cut();
    await time.pass(600_000);
    expect(told()).toEqual(['101', '102', '103 stale-book']);
    venue.isDown = false;
    await time.pass(30_000);
    expect(vitals.takeBooks()).toMatchObject({ notWhole: 0 });
    await updates(3);
    trade(2);
    await time.pass(2000);
    expect(told().slice(3)).toEqual(['104 resync', '105', '106']);
    await expectReplayToTellTheSame();
  });

  it('is asked for again and again while snapshots cannot be had, one question at a time, three seconds apart at most', async () => {
    const times: number[] = [];
    let isBroken = true;
    venue.answer = (url) => {
      if (!url.pathname.endsWith('/depth')) return answer(url);
      times.push(nowMs());
      if (isBroken) throw new Error('connection refused');
      return answer(url);
    };
    await listen('binance', 'BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT', 'ADAUSDT', 'BNBUSDT');
    await time.pass(60_000);
    const later = times.filter((ms) => ms > 20_000);
    const gaps = later.slice(1).map((ms, n) => ms - later[n]!);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(3000);
    expect(Math.min(...gaps)).toBeGreaterThan(1000);
    isBroken = false;
    await time.pass(5000);
    expect(vitals.takeBooks()).toMatchObject({ notWhole: 0 });
  });

  it('is begun anew where the best prices that the venue tells beside it are others', async () => {
    await listen('binance', 'BTCUSDT');
    await updates(3);
    const data = { u: sent, s: 'BTCUSDT', b: '7', B: '1', a: '9000', A: '2' };
    line().say({ stream: 'btcusdt@bookTicker', data });
    await updates(10);
    const all = told();
    expect(all).toContain('103 gap');
    expect(all.filter((one) => one.endsWith('resync'))).toHaveLength(1);
    expect(asked()).toBe(2);
    await expectReplayToTellTheSame();
  });

  it('is told in the same order among trades that were held while others were fetched', async () => {
    await listen('binance', 'BTCUSDT');
    trade(1);
    await updates(2);
    venue.delayMs = 300;
    trade(5);
    await updates(10);
    await time.pass(1000);
    await expectReplayToTellTheSame();
  });

  it('is begun in brief where there is no room for more, and is deep once there is', async () => {
    const levels = (url: URL) => Number(url.searchParams.get('limit'));
    venue.answer = (url) => {
      if (!url.pathname.endsWith('/depth')) return answer(url);
      const side = (at: (n: number) => number) =>
        Array.from({ length: levels(url) }, (_, n) => [String(at(n)), '1']);
      return { lastUpdateId: sent, bids: side((n) => 5000 - n), asks: side((n) => 6000 + n) };
    };
    await listen('binance', ...Array.from({ length: 60 }, (_, n) => `S${n}-USDT`));
    const depths = () =>
      venue.asked.filter((url) => url.includes('/depth')).map((url) => levels(new URL(url)));
    // Thirty deep ones would use up what may be asked at once for what can wait, and the catalogue takes some of it.
    await time.pass(500);
    const deep = (): number => depths().filter((count) => count === 1000).length;
    expect([deep(), depths().length]).toEqual([29, 60]);
    expect(vitals.takeBooks()).toMatchObject({ notWhole: 0 });
    await time.pass(150_000);
    expect([deep(), depths().length]).toEqual([60, 60 + 31]);
    expect(vitals.takeBooks()).toMatchObject({ notWhole: 0, counted: { resyncs: 0 } });
  });
});

describe('a book of Coinbase', () => {
  let number: number;
  beforeEach(() => {
    number = 0;
    venue.answer = (url) =>
      url.pathname.endsWith('/time') ? { epochMillis: String(time.nowMs()) } : { trades: [] };
  });
  const books = () => venue.lines.findLast(({ heard }) => heard.some((text) => text.includes('level2')))!;
  const say = (type: 'snapshot' | 'update', bid: number): void => {
    const level = (side: string, price: number, quantity: string) => ({
      side,
      price_level: String(price),
      new_quantity: quantity,
    });
    const updates =
      type === 'snapshot'
        ? [level('bid', bid, '1'), level('offer', 900, '1')]
        : [level('bid', bid - 1, '0'), level('bid', bid, '1')];
    books().say({
      channel: 'l2_data',
      timestamp: isoOf(nowMs()),
      sequence_num: number++,
      events: [{ type, product_id: 'BTC-USD', updates }],
    });
  };
  const subscriptions = (of = books()) =>
    of.heard
      .map((text) => JSON.parse(text) as { type: string; channel: string })
      .filter(({ channel }) => channel === 'level2')
      .map(({ type }) => type);

  it('is subscribed to anew, and told as in doubt meanwhile, where a message of its connection is missing', async () => {
    await listen('coinbase', 'BTC-USD');
    say('snapshot', 1);
    for (const bid of [2, 3]) {
      say('update', bid);
      await time.pass(100);
    }
    const first = books();
    number++;
    say('update', 5);
    await time.pass(300);
    expect(subscriptions()).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
    say('snapshot', 5);
    for (const bid of [6, 7, 8]) {
      say('update', bid);
      await time.pass(100);
    }
    await time.pass(60_000);
    // The line is silent in the end, and is lost.
    expect(told()).toEqual(['2', '3', '3 gap', '6 resync', '7', '8', '8 stale-book']);
    expect(subscriptions(first)).toHaveLength(3);
    await expectReplayToTellTheSame();
  });

  it('whose first snapshot is lost is asked for when the others have come, and no more do', async () => {
    await listen('coinbase', 'BTC-USD', 'ETH-USD');
    say('snapshot', 1);
    await time.pass(2500);
    expect(subscriptions()).toEqual(['subscribe']);
    await time.pass(1000);
    expect(subscriptions()).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
    expect(JSON.parse(books().heard.at(-1)!)).toMatchObject({ product_ids: ['ETH-USD'] });
  });
});

describe('a book of Kraken', () => {
  beforeEach(() => {
    venue.answer = () => ({ error: [], result: { unixtime: time.nowMs() / 1000 } });
  });
  const line = () => venue.lines.at(-1)!;
  const say = (type: string, bid: number, checksum?: number): void => {
    const bids =
      type === 'snapshot'
        ? `{"price":${bid},"qty":1}`
        : `{"price":${bid - 1},"qty":0},{"price":${bid},"qty":1}`;
    const sum = checksum === undefined ? '' : `,"checksum":${checksum}`;
    const asks = type === 'snapshot' ? '{"price":900,"qty":1}' : '';
    line().say(
      `{"channel":"book","type":"${type}","data":[{"symbol":"BTC/USD","bids":[${bids}],"asks":[${asks}]${sum},"timestamp":"${isoOf(nowMs())}"}]}`,
    );
  };
  const subscriptions = (of = line()) =>
    of.heard
      .map((text) => JSON.parse(text) as { method: string; params?: { channel: string } })
      .filter(({ params }) => params?.channel === 'book')
      .map(({ method }) => method);

  it('is subscribed to anew where its checksum is another, at most three seconds apart, until it is whole', async () => {
    await listen('kraken', 'BTC-USD');
    say('snapshot', 1);
    say('update', 2);
    await time.pass(200);
    say('update', 3, 7);
    await time.pass(7000);
    expect(told()).toEqual(['2', '3 checksum-failed']);
    expect(subscriptions()).toEqual([
      'subscribe',
      ...Array.from({ length: 3 }, () => ['unsubscribe', 'subscribe']).flat(),
    ]);
    say('snapshot', 3);
    say('update', 4);
    await time.pass(200);
    say('update', 5);
    await time.pass(1000);
    expect(told().slice(2)).toEqual(['4 resync']);
    await expectReplayToTellTheSame();
  });

  it('of a connection over which none becomes whole is begun over another', async () => {
    await listen('kraken', 'BTC-USD');
    say('snapshot', 1);
    say('update', 2, 7);
    for (let n = 0; n < 25; n++) {
      line().say({ channel: 'heartbeat' });
      await time.pass(1000);
    }
    expect(venue.lines.length).toBeGreaterThan(1);
    expect(subscriptions(venue.lines[0])).toHaveLength(7);
  });
});
