/** Live collectors against a local Binance, over real sockets and in real time, sending into streams that remember. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach } from '@jest/globals';
import { collectLive, type LiveTimings } from '../../collector/live/collect-live.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { BinanceVenue } from '../../simulator/binance-venue.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { openMemoryState } from './memory-state.ts';
import { RecordingStreamWriter } from './recording-stream-writer.ts';
import { tradeInRealTime } from './trade-in-real-time.ts';

const TIMINGS: Partial<LiveTimings> = {
  pingAfterMs: 40,
  answerWithinMs: 120,
  silenceMs: 300,
  watermarkEveryMs: 30,
  restLagMs: 20,
  catchUpWithinMs: 5000,
  firstRetryMs: 10,
  longestRetryMs: 50,
  overlapMs: 60,
  leaseMs: 1000,
  renewEveryMs: 100,
  standbyEveryMs: 20,
};
export const PER_SECOND = 40;
export const market = new SyntheticMarket({ seed: 5, instruments: 3, tradesPerSecond: PER_SECOND });
export const FIRST_SECOND = Math.floor(Date.now() / 1000);

/** Anew for each test of a file. */
export function liveCollectors(): () => LiveCollectors {
  let live: LiveCollectors;
  beforeEach(async () => {
    live = new LiveCollectors(await BinanceVenue.open());
  });
  afterEach(async () => live.close());
  return () => live;
}

class LiveCollectors {
  readonly venue: BinanceVenue;
  readonly writer = new RecordingStreamWriter();
  readonly state = openMemoryState();
  readonly logged: string[] = [];
  /** What stops each that still runs. */
  readonly running: (() => Promise<void>)[] = [];
  /** Trades that were made as their time came. */
  readonly published = new Set<string>();

  constructor(venue: BinanceVenue) {
    this.venue = venue;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.running.map(async (stop) => stop()));
    await this.venue.close();
  }

  /** A collector, until the signal. */
  async start(signal: AbortSignal, timings: Partial<LiveTimings> = {}): Promise<void> {
    return collectLive({
      exchange: 'binance',
      instrumentIds: market.instrumentIds,
      endpoints: this.venue.endpoints,
      writer: this.writer,
      state: this.state,
      log: createLog({ write: (line) => this.logged.push(line) }, 'info'),
      signal,
      timings: { ...TIMINGS, ...timings },
      random: () => 0.5,
    });
  }

  /** Runs a collector that listens until it is stopped. */
  async listen(timings: Partial<LiveTimings> = {}) {
    const stop = new AbortController();
    const connections = this.venue.connectionsMade;
    const ended = this.start(stop.signal, timings);
    const collector = {
      ended,
      stop: async () => {
        stop.abort();
        await ended;
      },
    };
    this.running.push(collector.stop);
    await this.until(() => this.venue.connectionsMade > connections);
    return collector;
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = performance.now() + 8000;
    while (!condition()) {
      if (performance.now() > deadline)
        throw new Error(`still not: ${condition.toString()}\n${this.logged.join('')}`);
      await sleep(5);
    }
  }

  /** Sets the venue's clock to the first second: one that is ahead of its own trades would make them late. */
  setClock(): void {
    this.venue.clockAheadMs = FIRST_SECOND * 1000 - Date.now();
  }

  /** Lets the market trade through one second, counted from the first. */
  trade(second: number): void {
    const messages = market.messagesOf(FIRST_SECOND + second).filter(({ kind }) => kind === 'ws');
    this.venue.publish(messages.map(({ message }) => message));
  }

  /** Resolves when all of it has been sent. */
  async tradeFirstSecond(): Promise<void> {
    this.trade(0);
    await this.until(() => this.sentCount() === market.instrumentIds.length * PER_SECOND);
  }

  /** Lets the market trade in real time for a while; gaps between calls are gaps of the market. */
  async tradeOn(forMs: number): Promise<void> {
    const end = tradeInRealTime(this.venue, market, this.published);
    await sleep(forMs);
    end();
  }

  /** Trade ids of each instrument as they were sent, relative to its first one ever. */
  sentIds(): number[][] {
    const first = FIRST_SECOND * PER_SECOND;
    return market.instrumentIds.map((id) =>
      this.writer
        .trades()
        .flatMap(({ trades }) => trades.filter((t) => t.instrumentId === id).map((t) => t.tradeId - first)),
    );
  }

  sentCount(): number {
    return this.writer.trades().reduce((sum, { trades }) => sum + trades.length, 0);
  }

  /** No trade came after a watermark that had promised that none would. */
  lateTrades(): number {
    const watermarks = new Map<string, number>();
    let late = 0;
    for (const { lane, trades, laneWatermarkMs } of this.writer.trades()) {
      const promised = watermarks.get(lane) ?? -1;
      late += trades.filter(({ timeMs }) => timeMs < promised).length;
      watermarks.set(lane, Math.max(promised, laneWatermarkMs ?? -1));
    }
    return late;
  }

  sessions(): number {
    return new Set(this.writer.trades().map(({ sessionId }) => sessionId)).size;
  }
}

export function everyTradeOf(seconds: number): number[][] {
  const ids = Array.from({ length: seconds * PER_SECOND }, (_, n) => n);
  return market.instrumentIds.map(() => ids);
}
