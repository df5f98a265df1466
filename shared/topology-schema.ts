/** The shape of the map in topology.ts. Types only. */
import type { DetailType } from './contracts/events.ts';
import type { Role } from './contracts/roles.ts';

export interface StreamDefinition {
  /** What partition keys mean, for readers. */
  readonly partitionKey: string;
  readonly retentionHours: number;
  /** Shards of a provisioned stream, by stage. */
  readonly shards: { readonly localstack: number; readonly dev: number; readonly prod: number };
}

export interface TableDefinition {
  readonly description: string;
  /** One line a key shape: `pk / sk: what the item is`. */
  readonly keys: readonly string[];
  /** One line an access pattern: who reads what by which key. */
  readonly accessPatterns: readonly string[];
}

export interface QueueDefinition {
  readonly groupId: string;
  /** At least six times the worker's timeout. */
  readonly visibilityTimeoutSeconds: number;
  /** Deliveries before the message goes to the dead-letter queue. */
  readonly maxReceives: number;
}

/** The permissions of one function: what is not named here it has neither on AWS nor embedded. */
export interface Capabilities {
  readonly state?: { readonly [table: string]: 'read' | 'write' };
  readonly append?: readonly string[];
  readonly publish?: readonly DetailType[];
  readonly send?: readonly string[];
  /** Key prefixes in the archive. */
  readonly objects?: { readonly [prefix: string]: 'read' | 'write' };
  readonly trades?: 'read' | 'write';
  readonly candles?: 'read' | 'write';
  readonly quotes?: 'read' | 'write';
  readonly quality?: 'read' | 'write';
  readonly push?: true;
  readonly execute?: readonly string[];
  readonly functionHealth?: true;
  /** What the process has counted: embedded, where one process is all of the platform. */
  readonly metrics?: true;
  /** Counting them, or also sending them back. */
  readonly deadLetters?: 'read' | 'write';
  /** Seeing what any function gave up and sending it again, whichever way it came. */
  readonly givenUp?: 'write';
  readonly verifyTokens?: true;
}

/** Whether what it may read or write lies in ClickHouse. */
export function usesClickHouse({ trades, candles, quotes, quality }: Capabilities): boolean {
  return (trades ?? candles ?? quotes ?? quality) !== undefined;
}

export interface FunctionDefinition {
  /** `lambdas/<context>/<name>`. */
  readonly context: 'market-data' | 'signals' | 'orders' | 'backtest' | 'api' | 'operations';
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly capabilities: Capabilities;
}

export interface StreamConsumerDefinition {
  readonly stream: string;
  readonly function: string;
  readonly batchSize: number;
  /** On AWS, where every pass writes the state of its lane. Embedded nothing waits for others to travel with. */
  readonly maxBatchingWindowSeconds: number;
  /** Embedded, where each attempt waits longer than the one before. */
  readonly retryAttempts: number;
  /**
   * On AWS, where attempts follow one another at Lambda's pace, a batch is given up when it is older. Less than the
   * retention of its stream: what the stream has forgotten, Lambda could no longer set aside with its records.
   */
  readonly maxRecordAgeSeconds: number;
  /** It reads over a pipe of its own where the stage pays for that. */
  readonly latencyMatters?: true;
}

export interface QueueWorkerDefinition {
  readonly queue: string;
  readonly function: string;
  readonly batchSize: number;
}

/**
 * On AWS, a function whose events decide over money is handed them by a queue of its own: called by the bus itself it
 * would get three tries, and a store that is away for minutes would leave a fill unbooked. Embedded, the bus is patient.
 */
export interface EventQueueDefinition {
  readonly function: string;
  /** From one try to the next; at least six times the function's timeout. */
  readonly visibilityTimeoutSeconds: number;
  /** Tries before the event goes to the function's failed events. */
  readonly maxReceives: number;
}

export interface RuleDefinition {
  readonly detailType: DetailType;
  readonly functions: readonly string[];
}

export interface ScheduleDefinition {
  readonly function: string;
  readonly everyMinutes: number;
}

export type RouteDefinition = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly function: string;
} & (
  | {
      /** The least that a token must allow. */
      readonly role: Role;
      readonly open?: never;
    }
  | {
      /** Reachable without a token. */
      readonly open: true;
      readonly role?: never;
    }
);

export interface SocketRouteDefinition {
  readonly routeKey: '$connect' | '$disconnect' | '$default';
  readonly function: string;
  /** What a message may ask for, and the least role of whoever the connection's ticket was given to. */
  readonly actions?: { readonly [action: string]: Role };
}

export interface StateMachineDefinition {
  /** Placeholder in the ASL file → the function that is called there. */
  readonly tasks: { readonly [placeholder: string]: string };
  readonly timeoutMinutes: number;
}

export interface Topology {
  readonly streams: { readonly [name: string]: StreamDefinition };
  readonly tables: { readonly [name: string]: TableDefinition };
  readonly queues: { readonly [name: string]: QueueDefinition };
  readonly functions: { readonly [name: string]: FunctionDefinition };
  readonly streamConsumers: readonly StreamConsumerDefinition[];
  readonly queueWorkers: readonly QueueWorkerDefinition[];
  readonly rules: readonly RuleDefinition[];
  readonly eventQueues: readonly EventQueueDefinition[];
  readonly schedules: readonly ScheduleDefinition[];
  readonly routes: readonly RouteDefinition[];
  readonly socketRoutes: readonly SocketRouteDefinition[];
  readonly authorizer: string;
  readonly stateMachines: { readonly [name: string]: StateMachineDefinition };
}
