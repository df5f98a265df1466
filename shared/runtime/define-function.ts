import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { Unreachable } from '../ports/unreachable.ts';
import type { FunctionName } from '../topology.ts';
import { log } from './log.ts';

/** What a handler is told of its invocation, on AWS and embedded alike. */
export type InvocationContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>;

export type FunctionHandler<Event, Result> = (event: Event, context: InvocationContext) => Promise<Result>;

/**
 * Wraps a handler in what every function of the platform has: one line an invocation, with its metrics in
 * CloudWatch's embedded format, and errors logged with their cause before they are thrown on to the runtime's retry.
 */
export function defineFunction<Event, Result>(
  name: FunctionName,
  handle: (event: Event, invocation: Invocation) => Promise<Result>,
): FunctionHandler<Event, Result> {
  const run = middy<Event, Result>()
    .use(observeInvocation(name))
    .handler(async (event, context) => handle(event, invocationOf(context)));
  return (event, context) => run(event, context as Context);
}

/** What a function has to say by throwing, though nothing went wrong: it is no error in the log, and has no stack. */
export class ThrownAnswer extends Error {
  override readonly name = 'ThrownAnswer';
}

export interface Invocation {
  readonly requestId: string;
  remainingMs(): number;
  /** Adds to a metric of this invocation's line: counts are summed, see `Metric`. */
  count(metric: string, by?: number): void;
}

/** Middy passes the runtime's own context object through, so it can key what belongs to one invocation. */
const counters = new WeakMap<object, Map<string, number>>();

function invocationOf(context: Context): Invocation {
  const counts = counters.get(context);
  return {
    requestId: context.awsRequestId,
    remainingMs: () => context.getRemainingTimeInMillis(),
    count: (metric, by = 1) => counts?.set(metric, (counts.get(metric) ?? 0) + by),
  };
}

function observeInvocation(name: FunctionName): middy.MiddlewareObj<unknown, unknown> {
  const started = new WeakMap<object, number>();
  return {
    before: ({ context }) => {
      started.set(context, performance.now());
      counters.set(context, new Map());
    },
    after: ({ context }) => {
      log.info('invoked', invocationLine(name, context, started.get(context)));
    },
    onError: ({ context, error }) => {
      const line = invocationLine(name, context, started.get(context));
      if (error instanceof ThrownAnswer)
        log.info('invoked', { ...line, answer: error.message, cause: error.cause });
      // Whoever waits says so, once; each of its attempts need not.
      else if (error instanceof Unreachable) log.info('invoked', { ...line, unreachable: error.message });
      else log.error('failed', { ...line, error: describeError(error) });
    },
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function invocationLine(name: FunctionName, context: Context, startedAt: number | undefined): object {
  const counts = Object.fromEntries(counters.get(context) ?? []);
  const metrics = Object.keys(counts).map((metric) => ({ Name: metric, Unit: 'Count' }));
  return {
    function: name,
    requestId: context.awsRequestId,
    durationMs: startedAt === undefined ? null : Math.round((performance.now() - startedAt) * 100) / 100,
    ...counts,
    ...(metrics.length === 0
      ? {}
      : {
          _aws: {
            Timestamp: Date.now(),
            CloudWatchMetrics: [{ Namespace: 'Millrace', Dimensions: [['function']], Metrics: metrics }],
          },
        }),
  };
}

/** Name, message and chain of causes; a stack only for what nobody expected. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    name: error.name,
    message: error.message,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
    stack: error.stack
      ?.split('\n')
      .slice(1, 6)
      .map((line) => line.trim()),
  };
}
