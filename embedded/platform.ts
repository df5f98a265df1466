/** The one-process platform: storage, ports and runtime put together, with HTTP in front when it is asked for. */
import { startReportingAll } from '../collector/live/report-vitals.ts';
import type { TapeGate } from '../collector/tape/tape-gate.ts';
import type { VenueVitals } from '../collector/live/venue-vitals.ts';
import type { FolderUse } from '../shared/adapters/embedded/data-folder.ts';
import { EmbeddedGivenUp } from '../shared/adapters/embedded/embedded-given-up.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { VenueBooks, VenueSilence } from '../shared/ports/function-health.ts';
import type { Ports } from '../shared/ports/index.ts';
import { Unreachable } from '../shared/ports/unreachable.ts';
import { log } from '../shared/runtime/log.ts';
import { processTotals } from '../shared/runtime/metric-totals.ts';
import { topology, type FunctionName } from '../shared/topology.ts';
import { countGivenUp } from './given-up.ts';
import { startHttpServer, type HttpServer } from './http-server/http-server.ts';
import { SocketPusher } from './http-server/socket-pusher.ts';
import { LocalExecutions } from './local-executions.ts';
import type { Faults } from './runtime/faults.ts';
import type { RetryPolicy } from './runtime/retry-policy.ts';
import { Runtime } from './runtime/runtime.ts';
import { openStorage, type Storage } from './storage.ts';
import { TapeClock, wallClock } from './tape-clock.ts';
import { openTokenIssuer, type EmbeddedTokenIssuer } from './token-issuer.ts';

export interface PlatformOptions {
  readonly dataDir: string;
  /** Whether market data is to come in, and of which market. */
  readonly use: FolderUse;
  /** `tape`: trading decides by the time of what is replayed; `wall`: by the time of day. */
  readonly time: 'tape' | 'wall';
  /** Looks at what is kept before anything works on it: what it throws leaves the folder as it was. */
  readonly beforeWork?: (storage: Storage) => Promise<void>;
  readonly faults?: Faults;
  readonly retry?: RetryPolicy;
  /** Replaces ports before functions are given them: an observer that wraps one sees what passes through it. */
  readonly decorate?: (ports: Ports) => Ports;
}

export interface Platform {
  readonly storage: Storage;
  readonly ports: Ports;
  readonly runtime: Runtime;
  readonly issuer: EmbeddedTokenIssuer;
  /** Rejects when the platform cannot go on: its ClickHouse cannot be started. Started again it goes on where it was. */
  readonly broken: Promise<never>;
  /** The venues that are listened to, of which health tells: whoever listens adds its own. */
  readonly venues: VenueVitals[];
  /** What a tape is fed through. */
  readonly gate: TapeGate;
  /** Opens the REST and WebSocket API with the dashboard on 127.0.0.1. @throws PortUnavailable */
  listen(port: number): Promise<HttpServer>;
  /** Finishes the deliveries under way and lets the folder go; what waits is delivered at the next start. */
  close(): Promise<void>;
}

export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  const storage = await openStorage(options.dataDir, options.use);
  try {
    await options.beforeWork?.(storage);
    return await assemble(storage, options);
  } catch (error) {
    await storage.close();
    throw error;
  }
}

async function assemble(storage: Storage, options: PlatformOptions): Promise<Platform> {
  const issuer = await openTokenIssuer(storage.path);
  const tapeClock = new TapeClock();
  const clock: Clock = options.time === 'tape' ? tapeClock : wallClock;
  const venues: VenueVitals[] = [];
  const pusher = new SocketPusher();
  const executions: LocalExecutions = new LocalExecutions(
    storage.state,
    async (name, input) => runtime.invoker.invoke(name, input),
    async (who, call, signal) => runtime.patience.until(who, call, signal),
  );
  const bare: Ports = {
    clock,
    state: storage.state,
    streams: storage.streamLog,
    bus: storage.bus,
    queues: storage.queues,
    objects: storage.objects,
    trades: storage.trades,
    candles: storage.candles,
    quotes: storage.quotes,
    quality: storage.quality,
    push: pusher,
    executions,
    functionHealth: {
      read: async () => runtime.functionStatuses(),
      silences: async () => silencesOf(venues, Date.now()),
      market: async () => storage.market,
      waiting: async () => runtime.patience.waiting(),
      givenUp: async () => countGivenUp(storage),
    },
    metrics: processTotals,
    deadLetters: storage.queues,
    givenUp: new EmbeddedGivenUp(storage),
    tokens: issuer,
  };
  const ports = options.decorate?.(bare) ?? bare;
  const { streamLog, queues, bus } = storage;
  const runtime: Runtime = new Runtime({
    portsFor: (name) => ({ ...ports, clock: decidesByTape(name) ? clock : wallClock }),
    streamLog,
    queues,
    bus,
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    ...(options.retry === undefined ? {} : { retry: options.retry }),
  });
  await runtime.start();
  await executions.resume();
  const { clickHouseServer } = storage;
  clickHouseServer.onEnd((reason) => {
    runtime.patience.met('ClickHouse', new Unreachable('ClickHouse', reason));
  });
  clickHouseServer.onReturn(() => runtime.patience.reached('ClickHouse'));
  const stopReporting = startReportingAll(venues, log);
  let server: HttpServer | null = null;
  const broken = new Promise<never>((_, reject) => {
    clickHouseServer.onExit((reason) => reject(new Error(`ClickHouse ended: ${reason}`)));
  });
  // Whoever waits for it hears of it; nobody has to.
  broken.catch(() => undefined);
  return {
    broken,
    storage,
    ports,
    runtime,
    issuer,
    venues,
    gate: { advanceTo: (timeMs) => tapeClock.advanceTo(timeMs), settled: async () => runtime.settled() },
    listen: async (port) => {
      // Only a platform that serves needs the bundler.
      const { dashboardFiles } = await import('./dashboard-files.ts');
      server = await startHttpServer({
        port,
        invoke: async (name, event) => runtime.invoker.invoke(name, event),
        pusher,
        staticFiles: dashboardFiles(),
      });
      return server;
    },
    close: async () => {
      stopReporting();
      await server?.close();
      await executions.stop();
      await runtime.stop();
      await storage.close();
    },
  };
}

/** People's requests are answered by the time of day; what trades is decided by the market's. */
function decidesByTape(name: FunctionName): boolean {
  const { context } = topology.functions[name];
  return context !== 'api' && context !== 'backtest';
}

function booksOf({ books }: VenueVitals): VenueBooks | null {
  if (books === null || books.listened === 0) return null;
  return { whole: books.listened - books.broken.length, broken: books.broken };
}

function silencesOf(venues: readonly VenueVitals[], nowMs: number): VenueSilence[] {
  return venues.flatMap((vitals) => {
    const silence = vitals.silence(nowMs);
    if (silence === null) return [];
    const { silenceMs, quietest } = silence;
    const quietestInstrument = quietest.instrumentId;
    const heard = { silenceMs, quietestInstrument, quietestMs: quietest.silenceMs };
    const { venue, clockOffsetMs, counts } = vitals;
    return [{ venue, ...heard, clockOffsetMs, ...counts, books: booksOf(vitals) }];
  });
}
