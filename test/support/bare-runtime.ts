/** The embedded runtime over its own stores in memory, with handlers of a test's own. */
import type { KinesisStreamEvent } from 'aws-lambda';
import type { AnyHandler, FunctionModules } from '../../embedded/runtime/functions.ts';
import type { RetryPolicy } from '../../embedded/runtime/retry-policy.ts';
import { Runtime } from '../../embedded/runtime/runtime.ts';
import { openDatabase } from '../../shared/adapters/embedded/database.ts';
import { SqliteEventBus } from '../../shared/adapters/embedded/sqlite-event-bus.ts';
import { SqliteQueues } from '../../shared/adapters/embedded/sqlite-queues.ts';
import { SqliteStreamLog, STREAM_LOG_SCHEMA } from '../../shared/adapters/embedded/sqlite-stream-log.ts';
import { STATE_SCHEMA } from '../../shared/adapters/embedded/state-database.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { recordOfLane } from '../../shared/ports/stream-writer.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';

const RETRY = { firstWaitMs: 1, longestWaitMs: 2 };
/** These handlers reach for nothing. */
const NO_PORTS = {
  tokens: { issuer: '', audiences: [], keys: async () => ({ keys: [] }) },
} as unknown as Ports;
const idle: AnyHandler = async () => undefined;

export type Handlers = Partial<Record<FunctionName, AnyHandler>>;

export class BareRuntime {
  readonly streamLog: SqliteStreamLog;
  readonly queues: SqliteQueues;
  readonly bus: SqliteEventBus;
  #runtime: Runtime | null = null;

  constructor() {
    const state = openDatabase(':memory:', STATE_SCHEMA);
    this.streamLog = new SqliteStreamLog(openDatabase(':memory:', STREAM_LOG_SCHEMA), ['trades', 'raw']);
    this.queues = new SqliteQueues(state, topology.queues);
    this.bus = new SqliteEventBus(state, topology.rules);
  }

  /** Functions that do nothing, but for those given. */
  async start(handlers: Handlers, retry: RetryPolicy = RETRY): Promise<Runtime> {
    const { streamLog, queues, bus } = this;
    const options = { portsFor: () => NO_PORTS, streamLog, queues, bus, retry };
    this.#runtime = new Runtime({ ...options, modules: modules(handlers) });
    await this.#runtime.start();
    return this.#runtime;
  }

  async stop(): Promise<void> {
    await this.#runtime?.stop();
    this.#runtime = null;
  }

  /** A record of a lane of trades for each. */
  async append(...texts: string[]): Promise<void> {
    await this.streamLog.append(
      'trades',
      texts.map((text) => recordOfLane('binance#0', Buffer.from(text))),
    );
  }
}

export function textsIn(event: KinesisStreamEvent): string[] {
  return event.Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString());
}

function modules(handlers: Handlers): FunctionModules {
  const entries = (Object.keys(topology.functions) as FunctionName[]).map((name) => [
    name,
    async () => ({ createHandler: () => handlers[name] ?? idle }),
  ]);
  return Object.fromEntries(entries) as FunctionModules;
}
