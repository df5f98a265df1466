/**
 * The one-process runtime: reads the map in topology.ts, subscribes each function to what feeds it, and delivers with
 * the semantics of the AWS service that it stands for. Handlers cannot tell the difference.
 */
import type { ScheduledEvent } from 'aws-lambda';
import type { Deliveries, Queues, StreamLog } from '../../shared/adapters/delivery.ts';
import type { FunctionStatus } from '../../shared/ports/function-health.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { systemTime, type Time } from '../../shared/ports/time.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
import { Patience } from '../../shared/runtime/patience.ts';
import type { Capabilities } from '../../shared/topology-schema.ts';
import { topology, type FunctionName, type StreamName } from '../../shared/topology.ts';
import { BusTarget } from './bus-target.ts';
import { NO_FAULTS, type Faults } from './faults.ts';
import type { FunctionModules } from './functions.ts';
import { AwaitedBoundary, GivingWay } from './giving-way.ts';
import { Invoker } from './invoker.ts';
import { QueueWorker } from './queue-worker.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './retry-policy.ts';
import { ShardReader } from './shard-reader.ts';
import { StreamConsumer, type Gathering } from './stream-consumer.ts';

export interface RuntimeOptions {
  readonly portsFor: (name: FunctionName) => Ports;
  readonly streamLog: StreamLog;
  readonly queues: Queues;
  readonly bus: Deliveries;
  readonly faults?: Faults;
  /** Events that a function is given side by side; left out: one after the other, as one process does best. */
  readonly eventsAtOnce?: number;
  readonly retry?: RetryPolicy;
  /** Everything here waits and measures by it. */
  readonly time?: Time;
  /** Other handlers, for tests of the delivery alone. */
  readonly modules?: FunctionModules;
}

/** Records a consumer that causes nothing may lag behind before a replay waits for it: the bound on the log. */
const MAX_SINK_BACKLOG = 500;
/** Records delivered before the log is trimmed again. */
const TRIM_EVERY = 2000;
const MINUTE_MS = 60_000;
/** A price is asked for by whoever trades: what is traded can be queried within milliseconds. */
const PROMPT = { forMs: 10, whenLargeMs: 60, slightBytes: 1024 } as const;
/** What a boundary takes when little is decided at it; a trade is kept waiting for it by no more. */
const PROMPT_GIVES_WAY_MS = 20;
/** A quote is the last state of 100 ms when it comes; what is archived is of the past. */
const UNHURRIED = { forMs: 100, whenLargeMs: 100 } as const;
const UNHURRIED_GIVES_WAY_MS = 100;
/** Of a live market: a tape hurries them. A venue that is far away takes longer to answer an order. */
const WITH_A_VOICE = { forMs: 20, whenLargeMs: 20 } as const;

export class Runtime {
  readonly invoker: Invoker;
  /** Who waits for what cannot be reached, the collector among them. */
  readonly patience: Patience;
  readonly #options: RuntimeOptions;
  readonly #readers: ReadonlyMap<StreamName, ShardReader>;
  readonly #consumers: readonly StreamConsumer[];
  readonly #targets: readonly BusTarget[];
  readonly #workers: readonly QueueWorker[];
  readonly #endSchedules: (() => void)[] = [];
  readonly #time: Time;
  readonly #stopping = new AbortController();
  readonly #trimmedThrough = new Map<StreamName, number>();
  readonly #boundary = new AwaitedBoundary();
  #waiters: { readonly isOver: () => boolean; readonly resolve: () => void }[] = [];

  constructor(options: RuntimeOptions) {
    const { streamLog, queues, bus } = options;
    const faults = options.faults ?? NO_FAULTS;
    const retry = options.retry ?? DEFAULT_RETRY;
    const time = options.time ?? systemTime;
    const patience = new Patience({
      log,
      time,
      firstPauseMs: retry.firstWaitMs,
      ...(options.retry === undefined ? {} : { longestPauseMs: retry.longestWaitMs }),
    });
    const onProgress = (): void => this.#onProgress();
    this.patience = patience;
    this.#time = time;
    this.#options = options;
    this.invoker = new Invoker(options.portsFor, faults, time, options.modules);
    const { invoker } = this;
    this.#readers = new Map(
      (Object.keys(topology.streams) as StreamName[]).map((stream) => [
        stream,
        new ShardReader(streamLog, stream),
      ]),
    );
    this.#consumers = topology.streamConsumers.map((definition) => {
      const reader = this.#readers.get(definition.stream)!;
      return new StreamConsumer({
        definition,
        streamLog,
        reader,
        invoker,
        retry,
        patience,
        time,
        gathering: this.#gatheringOf(definition.function),
        onProgress,
      });
    });
    const targets = new Set<FunctionName>(topology.rules.flatMap((rule) => [...rule.functions]));
    this.#targets = [...targets].map(
      (functionName) =>
        new BusTarget({
          functionName,
          bus,
          invoker,
          faults,
          atOnce: options.eventsAtOnce ?? 1,
          retry,
          patience,
          time,
          givingWay: isSink(functionName) ? this.#givingWay(UNHURRIED_GIVES_WAY_MS) : null,
          onProgress,
        }),
    );
    this.#workers = topology.queueWorkers.map(
      (definition) => new QueueWorker({ definition, queues, invoker, retry, patience, time, onProgress }),
    );
  }

  /** Loads every function that something feeds, then starts to deliver: what a crash left behind comes first. */
  async start(): Promise<void> {
    const { streamLog, queues, bus } = this.#options;
    const sources = this.#sources();
    await Promise.all(sources.map(async (source) => this.invoker.load(source.functionName)));
    streamLog.onAppend((stream) => {
      for (const consumer of this.#consumers) if (consumer.stream === stream) consumer.wake();
    });
    queues.onSend(() => {
      for (const worker of this.#workers) worker.wake();
    });
    bus.onPublish(() => {
      for (const target of this.#targets) target.wake();
    });
    for (const source of sources) source.start();
    for (const schedule of topology.schedules) this.#schedule(schedule.function, schedule.everyMinutes);
  }

  /** Resolves when the deliveries under way are over; what waits is delivered at the next start. */
  async stop(): Promise<void> {
    for (const end of this.#endSchedules) end();
    this.#stopping.abort();
    await Promise.all(this.#sources().map(async (source) => source.stop()));
  }

  /** Resolves when everything caused by what has been appended so far has settled. Until then that goes first. */
  async settled(): Promise<void> {
    this.#boundary.begin(this.#time.nowMs());
    for (const consumer of this.#consumers) consumer.wake();
    try {
      await this.#wait(() => this.#isSettled());
    } finally {
      this.#boundary.end(this.#time.nowMs());
      if (!this.#boundary.isAwaited) this.#wakeThoseThatGaveWay();
    }
  }

  /** Resolves when nothing waits anywhere. */
  async drained(): Promise<void> {
    return this.#wait(
      () =>
        this.#isSettled() &&
        this.#consumers.every((c) => c.backlog === 0) &&
        this.#targets.every((t) => t.pending === 0),
    );
  }

  functionStatuses(): readonly FunctionStatus[] {
    return (Object.keys(topology.functions) as FunctionName[]).map((name) =>
      this.invoker.status(name, this.#lagMs(name)),
    );
  }

  #sources(): readonly (StreamConsumer | BusTarget | QueueWorker)[] {
    return [...this.#consumers, ...this.#targets, ...this.#workers];
  }

  /** A function without a voice causes nothing, so a replay need not wait for it, beyond a bound. */
  #isSettled(): boolean {
    return (
      this.#consumers.every(
        ({ functionName, backlog }) => backlog <= (isSink(functionName) ? MAX_SINK_BACKLOG : 0),
      ) &&
      this.#targets.every(({ functionName, pending }) => isSink(functionName) || pending === 0) &&
      this.#workers.every(({ pending }) => pending === 0)
    );
  }

  #givingWay(longestMs: number): GivingWay {
    return new GivingWay(this.#boundary, longestMs);
  }

  #gatheringOf(functionName: FunctionName): Gathering {
    if (!isSink(functionName)) return { ...WITH_A_VOICE, isAwaited: () => this.#boundary.isAwaited };
    return functionName === 'store-trades'
      ? { ...PROMPT, givingWay: this.#givingWay(PROMPT_GIVES_WAY_MS) }
      : { ...UNHURRIED, givingWay: this.#givingWay(UNHURRIED_GIVES_WAY_MS) };
  }

  #wakeThoseThatGaveWay(): void {
    for (const source of [...this.#consumers, ...this.#targets])
      if (isSink(source.functionName)) source.wake();
  }

  async #wait(isOver: () => boolean): Promise<void> {
    if (isOver()) return;
    await new Promise<void>((resolve) => this.#waiters.push({ isOver, resolve }));
  }

  #onProgress(): void {
    if (this.#waiters.length > 0) {
      const over = this.#waiters.filter((waiter) => waiter.isOver());
      this.#waiters = this.#waiters.filter((waiter) => !over.includes(waiter));
      for (const waiter of over) waiter.resolve();
    }
    this.#trim();
  }

  /** What every consumer has behind it is deleted: the log holds what is under way, the archive holds the rest. */
  #trim(): void {
    for (const stream of Object.keys(topology.streams) as StreamName[]) {
      const through = Math.min(
        ...this.#consumers.flatMap((c) => (c.stream === stream ? [c.checkpoint] : [])),
      );
      this.#readers.get(stream)!.forget(through);
      if (through - (this.#trimmedThrough.get(stream) ?? 0) < TRIM_EVERY) continue;
      this.#trimmedThrough.set(stream, through);
      void this.#options.streamLog.trim(stream, through).catch((error: unknown) => {
        // It is trimmed with what follows.
        if (!(error instanceof Unreachable))
          log.error('log not trimmed', { stream, error: describeError(error) });
      });
    }
  }

  #schedule(functionName: FunctionName, everyMinutes: number): void {
    let underWay: Promise<void> | null = null;
    const end = this.#time.every(everyMinutes * MINUTE_MS, () => {
      if (underWay !== null) return;
      underWay = this.#runSchedule(functionName).finally(() => (underWay = null));
    });
    this.#endSchedules.push(end);
  }

  /** What is out of reach is waited for; what fails otherwise is run again when it is due again. */
  async #runSchedule(functionName: FunctionName): Promise<void> {
    try {
      const run = async (): Promise<unknown> =>
        this.invoker.invoke(functionName, scheduledEvent(this.#time.nowMs()));
      await this.patience.until(functionName, run, this.#stopping.signal);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      log.error('schedule failed', { function: functionName, error: describeError(error) });
    }
  }

  #lagMs(name: FunctionName): number | null {
    const consumer = this.#consumers.find((candidate) => candidate.functionName === name);
    if (consumer === undefined) return null;
    const oldest = this.#options.streamLog.read(consumer.stream, consumer.checkpoint, 1, 1)[0];
    return oldest === undefined ? 0 : this.#time.nowMs() - oldest.arrivalMs;
  }
}

function isSink(functionName: FunctionName): boolean {
  const { append, publish = [], send }: Capabilities = topology.functions[functionName].capabilities;
  return append === undefined && send === undefined && publish.every((event) => SHOWN_EVENTS.has(event));
}

/** They say how market data are, and are kept and shown: nothing is decided upon them. */
const SHOWN_EVENTS: ReadonlySet<string> = new Set(['QuotesChangedV1', 'QualityNotedV1']);

function scheduledEvent(nowMs: number): ScheduledEvent {
  return {
    id: '',
    version: '0',
    account: '000000000000',
    time: new Date(nowMs).toISOString(),
    region: 'embedded',
    resources: [],
    source: 'aws.scheduler',
    'detail-type': 'Scheduled Event',
    detail: {},
  };
}
