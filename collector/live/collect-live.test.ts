import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readCapture, verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { LimitExceeded, type StateStore } from '../../shared/ports/state-store.ts';
import { receivedAtMs, type CaptureMessage } from '../../shared/contracts/capture.ts';
import { collectorPositionKey } from '../../shared/contracts/record-keys.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { BinanceVenue } from '../../simulator/binance-venue.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { tapeOfCapture } from '../tape-of-capture.ts';
import { chooseInstruments, collectLive, LiveRefused, type LiveTimings } from './collect-live.ts';

const TIMINGS: Partial<LiveTimings> = {
  pingAfterMs: 40,
  answerWithinMs: 120,
  silenceMs: 300,
  watermarkEveryMs: 30,
  restLagMs: 20,
  catchUpWithinMs: 5000,
  firstRetryMs: 10,
  longestRetryMs: 50,
  leaseMs: 1000,
  renewEveryMs: 100,
  standbyEveryMs: 20,
};
const PER_SECOND = 40;
const market = new SyntheticMarket({ seed: 5, instruments: 3, tradesPerSecond: PER_SECOND });

let venue: BinanceVenue;
let writer: RecordingStreamWriter;
let state: StateStore;
let logged: string[];
let running: (() => Promise<void>)[];

beforeEach(async () => {
  venue = await BinanceVenue.open();
  writer = new RecordingStreamWriter();
  state = openMemoryState();
  logged = [];
  running = [];
  published = new Set();
});

afterEach(async () => {
  await Promise.allSettled(running.map(async (stop) => stop()));
  await venue.close();
});

/** A collector, until the signal. */
async function start(signal: AbortSignal, timings: Partial<LiveTimings> = {}): Promise<void> {
  return collectLive({
    exchange: 'binance',
    instrumentIds: market.instrumentIds,
    endpoints: venue.endpoints,
    writer,
    state,
    log: createLog({ write: (line) => logged.push(line) }, 'info'),
    signal,
    timings: { ...TIMINGS, ...timings },
    random: () => 0.5,
  });
}

/** Runs a collector that listens until it is stopped. */
async function listen(timings: Partial<LiveTimings> = {}) {
  const stop = new AbortController();
  const connections = venue.connectionsMade;
  const ended = start(stop.signal, timings);
  const collector = {
    ended,
    stop: async () => {
      stop.abort();
      await ended;
    },
  };
  running.push(collector.stop);
  await until(() => venue.connectionsMade > connections);
  return collector;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 8000;
  while (!condition()) {
    if (performance.now() > deadline)
      throw new Error(`still not: ${condition.toString()}\n${logged.join('')}`);
    await sleep(5);
  }
}

const FIRST_SECOND = Math.floor(Date.now() / 1000);

/** Sets the venue's clock to the first second: one that is ahead of its own trades would make them late. */
function setClock(): void {
  venue.clockAheadMs = FIRST_SECOND * 1000 - Date.now();
}

/** Lets the market trade through one second, counted from the first. */
function trade(second: number): void {
  const messages = market.messagesOf(FIRST_SECOND + second).filter(({ kind }) => kind === 'ws');
  venue.publish(messages.map(({ message }) => message));
}

/** Messages that were published as their time came. */
let published: Set<string>;

/** Lets the market trade in real time for a while; gaps between calls are gaps of the market. */
async function tradeOn(forMs: number): Promise<void> {
  const until = Date.now() + forMs;
  let from = Date.now();
  while (Date.now() < until) {
    await sleep(20);
    const now = Date.now();
    const seconds = [...new Set([Math.floor(from / 1000), Math.floor(now / 1000)])];
    const due = seconds
      .flatMap((second) => market.messagesOf(second))
      .filter(
        ({ kind, receivedAtNs }) =>
          kind === 'ws' && receivedAtMs(receivedAtNs) >= from && receivedAtMs(receivedAtNs) < now,
      );
    venue.publish(due.map(({ message }) => message));
    for (const { message } of due) published.add(message);
    from = now;
  }
}

/** Trade ids of each instrument as they were sent, relative to its first one ever. */
function sentIds(): number[][] {
  const first = FIRST_SECOND * PER_SECOND;
  return market.instrumentIds.map((id) =>
    writer
      .trades()
      .flatMap(({ trades }) => trades.filter((t) => t.instrumentId === id).map((t) => t.tradeId - first)),
  );
}

function sentCount(): number {
  return writer.trades().reduce((sum, { trades }) => sum + trades.length, 0);
}

function everyTradeOf(seconds: number): number[][] {
  const ids = Array.from({ length: seconds * PER_SECOND }, (_, n) => n);
  return market.instrumentIds.map(() => ids);
}

/** No trade came after a watermark that had promised that none would. */
function lateTrades(): number {
  const watermarks = new Map<string, number>();
  let late = 0;
  for (const { lane, trades, laneWatermarkMs } of writer.trades()) {
    const promised = watermarks.get(lane) ?? -1;
    late += trades.filter(({ timeMs }) => timeMs < promised).length;
    watermarks.set(lane, Math.max(promised, laneWatermarkMs ?? -1));
  }
  return late;
}

function sessions(): number {
  return new Set(writer.trades().map(({ sessionId }) => sessionId)).size;
}

describe('a live collector', () => {
  it('sends every trade once and in order, and tells every lane how far the venue has come', async () => {
    setClock();
    const collector = await listen();
    for (let second = 0; second < 3; second++) trade(second);
    await until(() => sentCount() === 3 * 3 * PER_SECOND);
    await until(
      () => new Set(writer.trades().flatMap((r) => (r.laneWatermarkMs === null ? [] : [r.lane]))).size === 4,
    );
    await collector.stop();
    expect(sentIds()).toEqual(everyTradeOf(3));
    expect(lateTrades()).toBe(0);
    expect(sessions()).toBe(1);
  });

  it('fetches what was traded while the connection was down, before it goes on', async () => {
    setClock();
    const collector = await listen();
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND);
    venue.dropConnections();
    trade(1);
    await until(() => venue.connectionsMade === 2);
    trade(2);
    await until(() => sentCount() === 3 * 3 * PER_SECOND);
    await collector.stop();
    expect(sentIds()).toEqual(everyTradeOf(3));
    expect(lateTrades()).toBe(0);
    // Nothing was missed, so nothing that is open has to be doubted.
    expect(sessions()).toBe(1);
  });

  it('fetches what was traded while the connection was down once the venue knows of it', async () => {
    const collector = await listen({ restLagMs: 400, silenceMs: 60_000 });
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND);
    venue.faults.restLagMs = 200;
    venue.dropConnections();
    trade(1);
    await until(() => sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    expect(sentIds()).toEqual(everyTradeOf(2));
    expect(sessions()).toBe(1);
  });

  it('begins another session when it cannot tell whether trades were missed', async () => {
    const collector = await listen();
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND);
    venue.faults.restStatus = 418;
    venue.dropConnections();
    await until(() => venue.connectionsMade === 2 && sessions() > 1);
    await collector.stop();
    const [first, last] = [0, -1].map((n) => writer.trades().at(n)!.sessionId);
    expect(last).not.toBe(first);
  });

  it('fetches what was traded meanwhile even where no further trade tells of it', async () => {
    const collector = await listen();
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND);
    venue.dropConnections();
    trade(1);
    await until(() => sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    expect(sentIds()).toEqual(everyTradeOf(2));
  });

  it('notices a dead line by a ping that is not answered', async () => {
    const collector = await listen({ silenceMs: 60_000 });
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND);
    venue.faults.silence = 'everything';
    trade(1);
    await until(() => logged.some((line) => line.includes('a ping was not answered within 120 ms')));
    venue.faults.silence = 'none';
    await until(() => sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    // Only what is sent: the stand-in answers pings at once, so on a busy machine a pong may overtake delayed trades.
    expect(sentIds()).toEqual(everyTradeOf(2));
  });

  it('notices a stream that is silent while the market goes on, though pings are answered', async () => {
    const collector = await listen();
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND);
    venue.faults.silence = 'messages';
    trade(1);
    await until(() => logged.some((line) => line.includes('silent for 300 ms while the market goes on')));
    venue.faults.silence = 'none';
    await until(() => sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    expect(sentIds()).toEqual(everyTradeOf(2));
  });

  it('leaves a connection alone when the market itself is quiet', async () => {
    const collector = await listen();
    trade(0);
    await sleep(1000);
    await collector.stop();
    expect(venue.connectionsMade).toBe(1);
  });

  it('renews a connection before the venue ends it', async () => {
    const collector = await listen({ renewAfterMs: 200 });
    for (let second = 0; second < 5; second++) {
      trade(second);
      await sleep(120);
    }
    await until(() => venue.connectionsMade >= 3 && sentCount() === 5 * 3 * PER_SECOND);
    await collector.stop();
    expect(sentIds()).toEqual(everyTradeOf(5));
    expect(logged.some((line) => line.includes('connection lost'))).toBe(false);
  });

  it('holds trades behind a gap in the stream until the gap is filled', async () => {
    venue.faults.skips = ({ t }) => t % PER_SECOND === 7 || t % PER_SECOND === 8;
    const collector = await listen();
    trade(0);
    trade(1);
    await until(() => sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    // Only what is sent: the stand-in answers pings at once, so on a busy machine a pong may overtake delayed trades.
    expect(sentIds()).toEqual(everyTradeOf(2));
  });

  it('goes on without trades that the venue does not give, and says which', async () => {
    venue.faults.skips = ({ t, s }) => s === 'BTCUSDT' && t % PER_SECOND === 7;
    venue.faults.restStatus = 418;
    const collector = await listen();
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND - 1);
    await collector.stop();
    const [bitcoin] = everyTradeOf(1);
    expect(sentIds()[0]).toEqual(bitcoin!.filter((id) => id !== 7));
    const missing = logged
      .map((line) => JSON.parse(line))
      .filter(({ message }) => message === 'trades are missing');
    const id = FIRST_SECOND * PER_SECOND + 7;
    expect(missing).toEqual([
      expect.objectContaining({
        instrumentId: 'binance:BTC-USDT',
        fromId: id,
        toId: id,
        cause: 'the venue takes no more requests for now',
      }),
    ]);
    // The ids tell what is missing, and of which instrument.
    expect(sessions()).toBe(1);
  });

  it('fetches as much as is missing, and tells how far it has come', async () => {
    const busy = new SyntheticMarket({ seed: 5, instruments: 1, tradesPerSecond: 30_000 });
    const collector = await listen({ silenceMs: 60_000 });
    venue.publish(busy.messagesOf(FIRST_SECOND, 0, 10).map(({ message }) => message));
    await until(() => sentCount() === 10);
    venue.dropConnections();
    venue.publish(busy.messagesOf(FIRST_SECOND, 10, 29_000).map(({ message }) => message));
    await until(() => sentCount() === 29_010);
    await until(() => logged.some((line) => line.includes('"caught up"')));
    await collector.stop();
    const told = logged.map((line) => JSON.parse(line));
    const [caughtUp] = told.filter(({ message, fetched }) => message === 'caught up' && fetched > 0);
    expect(caughtUp).toMatchObject({ exchange: 'binance', fetched: 29_000 });
    const progress = told.filter(({ message }) => message === 'catching up');
    expect(progress.length).toBeGreaterThan(0);
    expect(progress.length).toBeLessThan(10);
  }, 20_000);

  it('goes on without what it cannot fetch in time, and says what that is', async () => {
    venue.faults.skips = ({ t, s }) => s === 'BTCUSDT' && t % PER_SECOND === 7;
    venue.faults.restStatus = 503;
    const collector = await listen({ catchUpWithinMs: 400 });
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND - 1);
    await collector.stop();
    const id = FIRST_SECOND * PER_SECOND + 7;
    expect(logged.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ message: 'trades are missing', fromId: id, toId: id, tradesMissing: 1 }),
    );
  });

  it('waits out a venue that stumbles for longer than a moment', async () => {
    const collector = await listen();
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND);
    venue.faults.restStatus = 503;
    venue.dropConnections();
    trade(1);
    await sleep(1500);
    venue.faults.restStatus = 200;
    await until(() => sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    expect(sentIds()).toEqual(everyTradeOf(2));
    expect(sessions()).toBe(1);
  });

  it('passes on what it cannot read, and everything else with it', async () => {
    const collector = await listen();
    trade(0);
    venue.sendToAll('{"stream":"btcusdt@tr');
    venue.sendToAll('{"result":null,"id":1}');
    trade(1);
    await until(() => sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    expect(sentIds()).toEqual(everyTradeOf(2));
    const poison = writer.trades().flatMap((record) => record.poison);
    expect(poison).toEqual([{ cause: 'not JSON', payload: '{"stream":"btcusdt@tr', instrumentId: null }]);
  });

  it('archives a message that comes again, and does not send its trade again', async () => {
    const collector = await listen();
    trade(0);
    venue.sendToAll(market.messagesOf(FIRST_SECOND)[0]!.message);
    await until(() => sentCount() === 3 * PER_SECOND);
    await collector.stop();
    const archived = [...writer.objects().values()].map(({ gzipMember }) =>
      gunzipSync(gzipMember).toString('utf8'),
    );
    const lines = archived.join('').split('\n');
    expect(lines.filter((line) => line.includes('"kind":"ws"'))).toHaveLength(3 * PER_SECOND + 1);
    expect(sentIds()).toEqual(everyTradeOf(1));
  });

  it('promises nothing about the time in which trades are being fetched', async () => {
    venue.faults.restDelayMs = 1600;
    const collector = await listen();
    await tradeOn(300);
    venue.faults.skips = ({ s }) => s === 'ETHUSDT';
    await tradeOn(100);
    venue.faults.skips = () => false;
    await tradeOn(2000);
    await until(() => sentCount() === published.size);
    await collector.stop();
    expect(writer.trades().some(({ laneWatermarkMs }) => laneWatermarkMs !== null)).toBe(true);
    expect(lateTrades()).toBe(0);
  }, 15_000);

  it('promises nothing about the time in which the line is dead', async () => {
    const collector = await listen({ answerWithinMs: 1600, silenceMs: 60_000 });
    await tradeOn(300);
    venue.faults.silence = 'everything';
    await tradeOn(1800);
    venue.faults.silence = 'none';
    await until(() => venue.connectionsMade === 2);
    await tradeOn(300);
    await until(() => sentCount() === published.size);
    await collector.stop();
    expect(writer.trades().some(({ laneWatermarkMs }) => laneWatermarkMs !== null)).toBe(true);
    expect(lateTrades()).toBe(0);
  }, 15_000);

  it('loses nothing when the venue is slow', async () => {
    venue.faults.delayMs = 60;
    venue.faults.restDelayMs = 60;
    venue.clockAheadMs = 1250;
    const collector = await listen();
    trade(0);
    trade(1);
    await until(() => sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    // Only what is sent: the stand-in answers pings at once, so on a busy machine a pong may overtake delayed trades.
    expect(sentIds()).toEqual(everyTradeOf(2));
  });

  it('loses nothing when the streams are slow', async () => {
    writer.before = async () => sleep(100);
    const collector = await listen();
    for (let second = 0; second < 20; second++) trade(second);
    await until(() => sentCount() === 20 * 3 * PER_SECOND);
    await collector.stop();
    expect(sentIds()).toEqual(everyTradeOf(20));
  });

  it('stops reading the venue while a stream does not take anything, and goes on when it does', async () => {
    const busy = new SyntheticMarket({ seed: 5, instruments: 3, tradesPerSecond: 20_000 });
    const { promise: opened, resolve: open } = Promise.withResolvers<null>();
    const collector = await listen({ answerWithinMs: 5000, silenceMs: 60_000 });
    writer.before = async () => {
      await opened;
    };
    for (let from = 0; from < 60_000; from += 1000) {
      venue.publish(busy.messagesOf(FIRST_SECOND, from, 1000).map(({ message }) => message));
      await sleep(1);
    }
    await until(() =>
      logged.some((line) => line.includes('the streams fall behind: the connection is paused')),
    );
    open(null);
    await until(() => sentCount() === 60_000);
    await collector.stop();
  }, 20_000);

  it('begins where the run before it left off', async () => {
    const first = await listen();
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND);
    await first.stop();
    trade(1);
    const second = await listen();
    trade(2);
    await until(() => sentCount() === 3 * 3 * PER_SECOND);
    await second.stop();
    expect(sentIds()).toEqual(everyTradeOf(3));
    expect(sessions()).toBe(2);
  });

  it('stands by while another listens, and goes on at once where that one stops', async () => {
    const first = await listen();
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND);
    const stop = new AbortController();
    const second = start(stop.signal);
    running.push(async () => {
      stop.abort();
      await second;
    });
    await until(() => logged.some((line) => line.includes('standing by')));
    trade(1);
    await until(() => sentCount() === 2 * 3 * PER_SECOND);
    expect(venue.connectionsMade).toBe(1);
    await first.stop();
    trade(2);
    await until(() => sentCount() === 3 * 3 * PER_SECOND);
    expect(sentIds()).toEqual(everyTradeOf(3));
    expect(venue.connectionsMade).toBe(2);
  });

  it('sends its fence down every lane before it fetches or sends anything', async () => {
    const first = await listen();
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND);
    await first.stop();
    trade(1);
    const before = writer.trades().length;
    await listen();
    await until(() => sentCount() === 2 * 3 * PER_SECOND);
    const [claimed, fences] = [writer.trades().slice(before, before + 4), writer.rawFences()];
    expect(claimed.map(({ lane, trades }) => [lane, trades.length])).toEqual(
      [0, 1, 2, 3].map((n) => [`binance#${n}`, 0]),
    );
    const [old, current] = [writer.trades()[0]!.fence!, claimed[0]!.fence!];
    expect(current).toBeGreaterThan(old);
    expect(writer.trades().every(({ fence }, at) => fence === (at < before ? old : current))).toBe(true);
    expect([...new Set(fences)]).toEqual([old, current]);
  });

  it('keeps its place where the archive is, so that the next one archives what only this one has', async () => {
    const first = await listen();
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND);
    writer.before = async (stream) => (stream === 'raw' ? new Promise(() => undefined) : undefined);
    trade(1);
    await until(() => sentCount() === 2 * 3 * PER_SECOND);
    await sleep(300);
    const saved = await state.get<{ lastTradeIds: Record<string, number> }>(
      'operations',
      collectorPositionKey('live-binance'),
    );
    const last = Math.max(...Object.values(saved!.value.lastTradeIds));
    expect(last).toBeLessThan((FIRST_SECOND + 1) * PER_SECOND);
    void first.stop();
    running.length = 0;
  });

  it('ends with the error when a stream refuses for good', async () => {
    const collector = await listen();
    writer.before = async () => Promise.reject(new LimitExceeded('too much'));
    trade(0);
    await expect(collector.ended).rejects.toThrow('too much');
  });

  it('archives what it received as a capture that holds the same trades', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-live-'));
    const collector = await listen();
    trade(0);
    await until(() => sentCount() === 3 * PER_SECOND);
    venue.dropConnections();
    trade(1);
    await until(() => sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    const path = join(folder, 'archived.ndjson.gz');
    writeFileSync(path, Buffer.concat([...writer.objects().values()].map(({ gzipMember }) => gzipMember)));
    const { instruments } = await verifyCapture(path);
    const ids = new Set<string>();
    for await (const steps of tapeOfCapture(path)) {
      for (const step of steps)
        if (step.kind === 'trade') ids.add(`${step.trade.instrumentId} ${step.trade.tradeId}`);
    }
    const lines: CaptureMessage[] = [];
    for await (const batch of readCapture(path)) lines.push(...batch);
    rmSync(folder, { recursive: true });
    expect(instruments).toEqual([...market.instrumentIds].sort());
    expect(ids.size).toBe(2 * 3 * PER_SECOND);
    const [session] = new Set(writer.trades().map(({ sessionId }) => sessionId));
    expect(new Set(lines.map((line) => line.session))).toEqual(new Set([session]));
    const connectionsOf = (kind: string) => [
      ...new Set(lines.flatMap((line) => (line.kind === kind ? [line.connection] : []))),
    ];
    const run = session!.replace(/-1$/, '');
    expect(connectionsOf('ws')).toEqual([`${run}-c1`]);
    expect(connectionsOf('rest')).toEqual([`${run}-c2`]);
  });
});

describe('the choice of what to listen to', () => {
  it.each([['BTCUSDT'], ['btc-usdt'], ['binance:BTC-USDT']])('understands %s', (symbol) => {
    expect(chooseInstruments('binance', [symbol])).toEqual(['binance:BTC-USDT']);
  });

  it('names each instrument once, in order', () => {
    expect(chooseInstruments('binance', ['ETHUSDT', 'BTC-USDT', 'BTCUSDT'])).toEqual([
      'binance:BTC-USDT',
      'binance:ETH-USDT',
    ]);
  });

  it.each([
    [
      'binance',
      ['BTCUSDT', 'NONSENSE'],
      'live: "NONSENSE" is not a pair of binance, expected one such as BTC-USDT',
    ],
    [
      'binance',
      ['kraken:BTC-USDT'],
      'live: "kraken:BTC-USDT" is not a pair of binance, expected one such as BTC-USDT',
    ],
    ['binance', ['BT-CUSDT'], 'live: "BT-CUSDT" is not a pair of binance, expected one such as BTC-USDT'],
    ['binance', [], 'live: expected 1 to 200 symbols, got 0'],
    ['mtgox', ['BTCUSDT'], 'live: exchange "mtgox" is not supported yet (supported: binance)'],
  ])('refuses %s %j', (exchange, symbols, message) => {
    expect(() => chooseInstruments(exchange, symbols)).toThrow(new LiveRefused(message));
  });
});
