/** The collector at venues that are subscribed to by message and asked by time, in made-up time. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { ScriptedVenue } from '../../test/support/scripted-venue.ts';
import { SimulatedTime } from '../../test/support/simulated-time.ts';
import { chooseInstruments } from './choose-instruments.ts';
import { collectLive, type LiveTimings } from './collect-live.ts';
import { VenueVitals } from './venue-vitals.ts';

const START_MS = Date.UTC(2026, 0, 1);

let time: SimulatedTime;
let venue: ScriptedVenue;
let writer: RecordingStreamWriter;
let state: ReturnType<typeof openMemoryState>;
let logged: Record<string, unknown>[];
let vitals: VenueVitals;
let stops: (() => Promise<void>)[];

beforeEach(() => {
  time = new SimulatedTime(START_MS);
  venue = new ScriptedVenue(time.process());
  writer = new RecordingStreamWriter();
  state = openMemoryState();
  logged = [];
  stops = [];
});
afterEach(async () => {
  for (const stop of stops) await stop();
});

/** A collector that listens, until it is stopped. */
async function listen(
  exchange: Exchange,
  symbols: readonly string[],
  timings: Partial<LiveTimings> = {},
): Promise<() => Promise<void>> {
  const stop = new AbortController();
  vitals = new VenueVitals(exchange);
  const collecting = collectLive({
    exchange,
    instrumentIds: chooseInstruments(exchange, symbols),
    writer,
    state,
    isSole: true,
    log: createLog({ write: (line) => logged.push(JSON.parse(line) as Record<string, unknown>) }, 'info'),
    signal: stop.signal,
    vitals,
    transport: venue.transport,
    time: time.process(),
    random: () => 0.5,
    timings,
  });
  let isOver = false;
  void collecting.finally(() => (isOver = true));
  const end = async (): Promise<void> => {
    stop.abort();
    for (let n = 0; n < 100 && !isOver; n++) await time.pass(100);
    await collecting;
  };
  stops.push(end);
  await time.pass(50);
  return end;
}

/** The ids of an instrument's trades as they were sent. */
function sent(instrumentId: string): number[] {
  return writer
    .trades()
    .flatMap(({ trades }) => trades.filter((trade) => trade.instrumentId === instrumentId))
    .map(({ tradeId }) => tradeId);
}

function watermark(): number | null {
  return writer.trades().reduce<number | null>((last, { laneWatermarkMs }) => laneWatermarkMs ?? last, null);
}

const messages = (): unknown[] => logged.map(({ message }) => message);

const isoOf = (ms: number): string => new Date(START_MS + ms).toISOString();

describe('a collector at Kraken', () => {
  const trade = (id: number, ms: number, symbol = 'BTC/USD'): string =>
    `{"symbol":"${symbol}","side":"buy","price":88000.10,"qty":0.5,"ord_type":"market","trade_id":${id},"timestamp":"${isoOf(ms)}"}`;
  const trades = (...rows: string[]): string =>
    `{"channel":"trade","type":"update","data":[${rows.join(',')}]}`;
  /** What Kraken's history has, by time. */
  const history = (rows: readonly [id: number, ms: number][]) => (url: URL) => {
    if (url.pathname.endsWith('/Time')) return { error: [], result: { unixtime: time.nowMs() / 1000 } };
    const since = BigInt(url.searchParams.get('since') ?? '0');
    const count = Number(url.searchParams.get('count'));
    const found = rows.filter(([, ms]) => BigInt(START_MS + ms) * 1_000_000n > since);
    const page = url.searchParams.has('since') ? found.slice(0, count) : found.slice(-count);
    const told = page.map(([id, ms]) => ['88000.10000', '0.5', (START_MS + ms) / 1000, 'b', 'm', '', id]);
    return { error: [], result: { XXBTZUSD: told, last: '0' } };
  };

  it('subscribes by message, in Kraken’s own words', async () => {
    await listen('kraken', ['XBT/USD', 'DOGE-BTC']);
    expect(venue.lines.map(({ url }) => url)).toEqual(['wss://ws.kraken.com/v2']);
    expect(venue.lines[0]!.heard.map((text) => JSON.parse(text) as unknown)).toEqual([
      {
        method: 'subscribe',
        params: { channel: 'trade', symbol: ['BTC/USD', 'DOGE/BTC'], snapshot: true },
      },
      {
        method: 'subscribe',
        params: { channel: 'book', symbol: ['BTC/USD', 'DOGE/BTC'], depth: 1000, snapshot: true },
      },
      { method: 'subscribe', params: { channel: 'instrument', snapshot: true } },
    ]);
  });

  it('pings by message, and closes candles by the clock that it is answered with', async () => {
    await listen('kraken', ['BTC-USD']);
    await time.pass(5100);
    expect(venue.lines[0]!.heard.slice(3)).toEqual(['{"method":"ping"}']);
    expect(watermark()).toBeNull();
    venue.lines[0]!.say({ method: 'pong', time_in: isoOf(5150), time_out: isoOf(5150) });
    await time.pass(1000);
    expect(watermark()).toBeGreaterThan(START_MS + 4000);
  });

  it('fetches by time what an interruption left out: no trade is lost, none comes twice', async () => {
    await listen('kraken', ['BTC-USD']);
    venue.lines[0]!.say(trades(trade(1, 10), trade(2, 20)));
    await time.pass(100);
    const missed = Array.from({ length: 2500 }, (_, n) => [3 + n, 20 + Math.floor(n / 10)] as const);
    venue.answer = history([[1, 10], [2, 20], ...missed.map(([id, ms]): [number, number] => [id, ms])]);
    venue.lines[0]!.cut();
    await time.pass(2000);
    venue.lines[1]!.say(trades(trade(2503, 3000)));
    await time.pass(60_000);
    expect(sent('kraken:BTC-USD')).toEqual(Array.from({ length: 2503 }, (_, n) => 1 + n));
    expect(messages()).toContain('caught up');
  });

  it('has all that an interruption left out from what a subscription begins with, and asks nothing', async () => {
    await listen('kraken', ['BTC-USD']);
    venue.lines[0]!.say(trades(trade(1, 10)));
    await time.pass(100);
    venue.lines[0]!.cut();
    await time.pass(500);
    const snapshot = trades(trade(1, 10), trade(2, 20), trade(3, 30)).replace('update', 'snapshot');
    venue.lines[1]!.say(snapshot);
    await time.pass(60_000);
    expect(sent('kraken:BTC-USD')).toEqual([1, 2, 3]);
    expect(venue.asked.filter((url) => url.includes('since='))).toEqual([]);
  });

  it('has Kraken say its newest trades again where a trade is missing, over the same line', async () => {
    await listen('kraken', ['BTC-USD', 'ETH-USD']);
    venue.lines[0]!.say(trades(trade(1, 10)));
    await time.pass(100);
    venue.lines[0]!.say(trades(trade(3, 30)));
    await time.pass(100);
    const said = venue.lines[0]!.heard.slice(3).map((text) => JSON.parse(text) as unknown);
    const params = { channel: 'trade', symbol: ['BTC/USD'], snapshot: true };
    expect(said).toEqual([
      { method: 'unsubscribe', params },
      { method: 'subscribe', params },
    ]);
    venue.lines[0]!.say(trades(trade(1, 10), trade(2, 20), trade(3, 30)).replace('update', 'snapshot'));
    await time.pass(10_000);
    expect(sent('kraken:BTC-USD')).toEqual([1, 2, 3]);
    expect(venue.asked.filter((url) => url.includes('since='))).toEqual([]);
  });

  it('goes on by time where the run before it left off', async () => {
    const stop = await listen('kraken', ['BTC-USD']);
    venue.lines[0]!.say(trades(trade(1, 10)));
    await time.pass(3000);
    await stop();
    venue.answer = history(Array.from({ length: 1500 }, (_, n) => [1 + n, 10 + n]));
    await listen('kraken', ['BTC-USD']);
    await time.pass(60_000);
    expect(sent('kraken:BTC-USD')).toEqual(Array.from({ length: 1500 }, (_, n) => 1 + n));
  });

  it('says what Kraken refuses', async () => {
    await listen('kraken', ['BTC-USD']);
    venue.lines[0]!.say({ method: 'subscribe', success: false, error: 'Currency pair not supported' });
    await time.pass(10);
    expect(logged).toContainEqual(
      expect.objectContaining({ message: 'the venue refuses', cause: '"Currency pair not supported"' }),
    );
  });

  it('listens over as many connections as it takes, and lets time go on while all of them are open', async () => {
    const symbols = Array.from({ length: 120 }, (_, n) => `A${n}-USD`);
    await listen('kraken', symbols);
    expect(venue.lines).toHaveLength(3);
    for (const line of venue.lines) line.say({ method: 'pong', time_out: isoOf(time.nowMs() - START_MS) });
    await time.pass(3000);
    venue.isDown = true;
    venue.lines[1]!.cut();
    await time.pass(2000);
    const before = watermark();
    expect(before).not.toBeNull();
    for (let second = 0; second < 8; second++) {
      venue.lines[0]!.say({ channel: 'heartbeat' });
      await time.pass(1000);
    }
    expect(watermark()).toBe(before);
    venue.isDown = false;
    await time.pass(20_000);
    expect(watermark()! - before!).toBeGreaterThan(15_000);
  });
});

describe('a connection that the venue would cut', () => {
  const heard = (id: number) => ({
    e: 'trade',
    E: time.nowMs(),
    s: 'BTCUSDT',
    t: id,
    p: '1',
    q: '1',
    T: time.nowMs(),
    m: true,
  });

  it('is followed by another before that, which is heard beside it for a while: no trade is fetched, none comes twice', async () => {
    await listen('binance', ['BTC-USDT'], { renewAfterMs: 60_000 });
    venue.answer = () => [];
    let id = 0;
    let beside = 0;
    for (let second = 0; second < 70; second++) {
      const open = venue.lines.filter(({ isOpen }) => isOpen);
      if (open.length > 1) beside++;
      const trade = heard(++id);
      for (const line of open) line.say(trade);
      await time.pass(1000);
    }
    expect(venue.lines).toHaveLength(2);
    expect(beside).toBe(5);
    expect(sent('binance:BTC-USDT')).toEqual(Array.from({ length: id }, (_, n) => n + 1));
    expect(venue.asked.filter((url) => url.includes('historicalTrades'))).toEqual([]);
    expect(messages()).toContain('connection renewed');
  });
});

describe('an instrument that the venue forgets', () => {
  it('is noticed though the connection is well, fetched and heard again', async () => {
    await listen('kraken', ['BTC-USD', 'ETH-USD']);
    const row = (symbol: string, id: number) => ({
      symbol,
      side: 'buy',
      price: 1.5,
      qty: 0.5,
      ord_type: 'market',
      trade_id: id,
      timestamp: isoOf(time.nowMs() - START_MS),
    });
    const say = (symbol: string, id: number, type = 'update') =>
      venue.lines[0]!.say({ channel: 'trade', type, data: [row(symbol, id)] });
    say('BTC/USD', 1);
    venue.answer = (url) => {
      const isOfBitcoin = url.searchParams.get('pair') === 'BTC/USD';
      const at = START_MS / 1000 + 5;
      return {
        error: [],
        result: isOfBitcoin ? { XBTUSD: [['1.5', '0.5', at, 'b', 'm', '', 2]], last: '0' } : {},
      };
    };
    for (let id = 1; id <= 40; id++) {
      say('ETH/USD', id);
      await time.pass(1000);
    }
    expect(logged).toContainEqual(
      expect.objectContaining({
        message: 'an instrument is not heard, though it is traded',
        instrumentId: 'kraken:BTC-USD',
      }),
    );
    expect(sent('kraken:BTC-USD')).toEqual([1, 2]);
    expect(venue.lines[0]!.heard.filter((text) => text.includes('subscribe')).length).toBeGreaterThan(1);
    expect(venue.lines).toHaveLength(1);
  });
});

describe('a collector at Coinbase', () => {
  const trade = (id: number, ms: number) => ({
    trade_id: String(id),
    product_id: 'BTC-USD',
    price: '88000.1',
    size: '0.5',
    side: 'SELL',
    time: isoOf(ms),
  });
  const message = (number: number, channel: string, ...events: object[]) => ({
    channel,
    timestamp: isoOf(time.nowMs() - START_MS),
    sequence_num: number,
    events,
  });
  const history = (rows: readonly [id: number, ms: number][]) => (url: URL) => {
    if (url.pathname.endsWith('/time')) return { epochMillis: String(time.nowMs()) };
    const second = (name: string, otherwise: number): number =>
      Number(url.searchParams.get(name) ?? otherwise);
    const [from, to] = [second('start', 0), second('end', 1e12)];
    const found = rows.filter(([, ms]) => START_MS + ms >= from * 1000 && START_MS + ms <= to * 1000);
    // The newest first.
    const page = found.slice(-Number(url.searchParams.get('limit'))).reverse();
    return { trades: page.map(([id, ms]) => trade(id, ms)), best_bid: '', best_ask: '' };
  };

  it('subscribes to trades, and to heartbeats that keep the connection', async () => {
    await listen('coinbase', ['BTC-USD']);
    expect(venue.lines[0]!.heard.map((text) => JSON.parse(text) as unknown)).toEqual([
      { type: 'subscribe', channel: 'market_trades', product_ids: ['BTC-USD'] },
      { type: 'subscribe', channel: 'heartbeats' },
    ]);
    // Of books over a connection whose numbers no trade disturbs.
    expect(venue.lines[1]!.heard.map((text) => JSON.parse(text) as unknown)).toEqual([
      { type: 'subscribe', channel: 'level2', product_ids: ['BTC-USD'] },
      { type: 'subscribe', channel: 'heartbeats' },
    ]);
  });

  it('fetches what a gap in the numbers of its messages may have left out, though no trade tells of it', async () => {
    await listen('coinbase', ['BTC-USD']);
    const [line] = venue.lines;
    line!.say(message(0, 'market_trades', { type: 'snapshot', trades: [trade(2, 20), trade(1, 10)] }));
    await time.pass(100);
    venue.answer = history([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    line!.say(message(2, 'heartbeats', { heartbeat_counter: 1 }));
    await time.pass(5000);
    expect(sent('coinbase:BTC-USD')).toEqual([1, 2, 3]);
    expect(vitals.takeCounts().sequenceGaps).toBe(1);
    expect(logged).toContainEqual(
      expect.objectContaining({ message: 'messages are missing', expected: 1, got: 2 }),
    );
  });

  it('fetches by ever shorter times what does not fit into one answer', async () => {
    await listen('coinbase', ['BTC-USD']);
    venue.lines[0]!.say(message(0, 'market_trades', { type: 'update', trades: [trade(1, 0)] }));
    await time.pass(100);
    venue.lines[0]!.cut();
    // Two busy spells and a quiet minute between.
    const busy = (from: number, ms: number): [number, number][] =>
      Array.from({ length: 3000 }, (_, n) => [from + n, ms + n * 4]);
    venue.answer = history([[1, 0], ...busy(2, 100), ...busy(3002, 72_000)]);
    await time.pass(120_000);
    expect(sent('coinbase:BTC-USD')).toEqual(Array.from({ length: 6001 }, (_, n) => 1 + n));
  });
});
