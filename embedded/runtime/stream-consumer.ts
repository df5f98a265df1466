import type { KinesisStreamEvent } from 'aws-lambda';
import type { StreamLog } from '../../shared/adapters/delivery.ts';
import { UnknownVersion } from '../../shared/contracts/versioned.ts';
import type { Time } from '../../shared/ports/time.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
import type { Patience } from '../../shared/runtime/patience.ts';
import type { StreamConsumerDefinition } from '../../shared/topology-schema.ts';
import type { FunctionName, StreamName } from '../../shared/topology.ts';
import { DeliveryLoop, type Turn } from './delivery-loop.ts';
import type { GivingWay } from './giving-way.ts';
import type { Invoker } from './invoker.ts';
import { waitMs, type RetryPolicy } from './retry-policy.ts';
import type { ShardReader, ShardRecord } from './shard-reader.ts';

/** Lambda takes 6 MB an invocation, and base64 makes four bytes of three. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

const LARGE_BATCH_BYTES = 128 * 1024;

/**
 * Deliveries to a function begin at least so far apart: each writes down where its lanes stand, or costs ClickHouse as much
 * for ten rows as for five hundred. A large batch says that records come faster than that.
 */
export interface Gathering {
  readonly forMs: number;
  readonly whenLargeMs: number;
  /** Up to so many say no more than how far a venue's clock has come: nothing is gathered behind them. Left out: 0. */
  readonly slightBytes?: number;
  /** Whether a tape waits for what this function does, which then gathers nothing. Left out: none ever does. */
  readonly isAwaited?: () => boolean;
  /** Left out: this function lets nobody pass. */
  readonly givingWay?: GivingWay;
}

export interface StreamConsumerOptions {
  readonly definition: StreamConsumerDefinition;
  readonly streamLog: StreamLog;
  /** Shared by the consumers of the stream. */
  readonly reader: ShardReader;
  readonly invoker: Invoker;
  readonly retry: RetryPolicy;
  readonly patience: Patience;
  readonly time: Time;
  readonly gathering: Gathering;
  /** Called after each step forward. */
  readonly onProgress: () => void;
}

/** Delivers a stream to its function in order, a batch at a time; a batch that fails is delivered again. */
export class StreamConsumer {
  readonly functionName: FunctionName;
  readonly stream: StreamName;
  readonly #options: StreamConsumerOptions;
  readonly #loop: DeliveryLoop;
  #checkpoint: number;
  #attempts = 0;
  #gatherUntilMs = 0;
  /** What became of the batch behind the checkpoint, while it could not be written down. */
  #unwritten: (() => void) | null = null;

  constructor(options: StreamConsumerOptions) {
    this.#options = options;
    this.functionName = options.definition.function as FunctionName;
    this.stream = options.definition.stream as StreamName;
    this.#checkpoint = options.streamLog.checkpoint(this.functionName, this.stream);
    this.#loop = new DeliveryLoop(
      this.functionName,
      async () => this.#deliverNext(),
      options.patience,
      options.time,
    );
  }

  get checkpoint(): number {
    return this.#checkpoint;
  }

  /** Records that wait for this consumer. */
  get backlog(): number {
    return this.#options.streamLog.head(this.stream) - this.#checkpoint;
  }

  start(): void {
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  /** @throws Unreachable, and the batch has not been delivered, or what became of it is written down in the next turn */
  async #deliverNext(): Promise<Turn> {
    const { streamLog, reader, definition, invoker, time, retry } = this.#options;
    if (this.#unwritten !== null) return this.#writeDown(this.#unwritten);
    const gathersUntilMs = this.#gathersUntil(time.nowMs());
    if (gathersUntilMs !== null) return { idleUntilMs: gathersUntilMs };
    const records = reader.read(this.#checkpoint, definition.batchSize, MAX_BATCH_BYTES);
    if (records.length === 0) return 'idle';
    const deliveredAtMs = time.nowMs();
    try {
      const event: KinesisStreamEvent = { Records: records.map(({ record }) => record) };
      await invoker.invoke(this.functionName, event);
    } catch (error) {
      // Nothing was said of the batch, so nothing counts against it.
      if (error instanceof Unreachable) throw error;
      this.#attempts++;
      log.warn('batch failed', {
        function: this.functionName,
        attempts: this.#attempts,
        error: describeError(error),
      });
      // A release that reads what it met will take it from here.
      if (this.#attempts <= definition.retryAttempts || error instanceof UnknownVersion) {
        return { pauseUntilMs: time.nowMs() + waitMs(retry, this.#attempts) };
      }
      return this.#giveUp(records, error);
    }
    this.#gatherUntilMs = deliveredAtMs + gatherMs(this.#options.gathering, records);
    return this.#writeDown(() => {
      streamLog.saveCheckpoint(this.functionName, this.stream, records.at(-1)!.sequence);
      this.#goOnBehind(records);
    });
  }

  /** A full batch never waits. */
  #gathersUntil(nowMs: number): number | null {
    const { gathering, definition } = this.#options;
    const { backlog } = this;
    if (backlog === 0 || backlog >= definition.batchSize || gathering.isAwaited?.() === true) return null;
    return nowMs < this.#gatherUntilMs ? this.#gatherUntilMs : (gathering.givingWay?.untilMs(nowMs) ?? null);
  }

  /** As a stream's on-failure destination: the batch is set aside with its cause, and the stream goes on. */
  #giveUp(records: readonly ShardRecord[], error: unknown): Turn {
    const [first, last] = [records[0]!.sequence, records.at(-1)!.sequence];
    log.error('batch given up', { function: this.functionName, first, last });
    const cause = JSON.stringify(describeError(error));
    return this.#writeDown(() => {
      this.#options.streamLog.giveUp(this.functionName, this.stream, last, cause);
      this.#goOnBehind(records);
    });
  }

  /** What could not be written down is tried again by itself: the function has done its part. */
  #writeDown(write: () => void): Turn {
    this.#unwritten = write;
    write();
    this.#unwritten = null;
    return 'worked';
  }

  #goOnBehind(records: readonly ShardRecord[]): void {
    this.#attempts = 0;
    this.#checkpoint = records.at(-1)!.sequence;
    this.#options.onProgress();
  }
}

function gatherMs(gathering: Gathering, records: readonly ShardRecord[]): number {
  const bytes = records.reduce((sum, record) => sum + record.bytes, 0);
  if (bytes <= (gathering.slightBytes ?? 0)) return 0;
  return bytes >= LARGE_BATCH_BYTES ? gathering.whenLargeMs : gathering.forMs;
}
