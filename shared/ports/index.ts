import type { CandleStore } from './candle-store.ts';
import type { Clock } from './clock.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { EventBus } from './event-bus.ts';
import type { Executions } from './executions.ts';
import type { FunctionHealth } from './function-health.ts';
import type { GivenUpStore } from './given-up.ts';
import type { ObjectStore } from './object-store.ts';
import type { ProcessMetrics } from './process-metrics.ts';
import type { Pusher } from './pusher.ts';
import type { QualityStore } from './quality-store.ts';
import type { QuoteStore } from './quote-store.ts';
import type { QueueSender } from './queue-sender.ts';
import type { StateStore } from './state-store.ts';
import type { StreamWriter } from './stream-writer.ts';
import type { TokenIssuer } from './token-issuer.ts';
import type { TradeStore } from './trade-store.ts';

/** All that a function may speak to. Each gets the part that topology.ts declares for it, and nothing else. */
export interface Ports {
  readonly clock: Clock;
  readonly state: StateStore;
  readonly streams: StreamWriter;
  readonly bus: EventBus;
  readonly queues: QueueSender;
  readonly objects: ObjectStore;
  readonly trades: TradeStore;
  readonly candles: CandleStore;
  readonly quotes: QuoteStore;
  readonly quality: QualityStore;
  readonly push: Pusher;
  readonly executions: Executions;
  readonly functionHealth: FunctionHealth;
  readonly metrics: ProcessMetrics;
  readonly deadLetters: DeadLetters;
  readonly givenUp: GivenUpStore;
  readonly tokens: TokenIssuer;
}
