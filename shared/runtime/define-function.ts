import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { MetricOf } from '../contracts/metrics.ts';
import { systemTime, type Time } from '../ports/time.ts';
import { Unreachable } from '../ports/unreachable.ts';
import type { FunctionName } from '../topology.ts';
import { InvocationMetrics } from './invocation-metrics.ts';
import { log } from './log.ts';
import { reportMetrics } from './report-metrics.ts';

/** What a handler is told of its invocation, on AWS and embedded alike. */
export interface InvocationContext extends Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'> {
  /** Left out by Lambda, where it is the system's. Whoever gives it ends by it what takes too long. */
  readonly time?: Time;
}

export type FunctionHandler<Event, Result> = (event: Event, context: InvocationContext) => Promise<Result>;

/**
 * Wraps a handler in what every function of the platform has: one line an invocation, with its metrics in
 * CloudWatch's embedded format, and errors logged with their cause before they are thrown on to the runtime's retry.
 */
export function defineFunction<Event, Result>(
  name: FunctionName,
  handle: (event: Event, invocation: Invocation) => Promise<Result>,
): FunctionHandler<Event, Result> {
  const wrap = (options: { readonly timeoutEarlyInMillis?: number }) =>
    middy<Event, Result>(options)
      .use(observeInvocation(name))
      .handler(async (event, context) => handle(event, invocationOf(context)));
  const run = wrap({});
  // Middy would end it a moment before its time is over, by a timer of its own.
  const runToItsEnd = wrap({ timeoutEarlyInMillis: 0 });
  return (event, context) => (context.time === undefined ? run : runToItsEnd)(event, context as Context);
}

/** What a function has to say by throwing, though nothing went wrong: it is no error in the log, and has no stack. */
export class ThrownAnswer extends Error {
  override readonly name = 'ThrownAnswer';
}

export interface Invocation {
  readonly requestId: string;
  readonly time: Time;
  remainingMs(): number;
  /** Adds to a metric of this invocation's line. */
  count(metric: MetricOf<'count', 'function' | 'platform'>, by?: number): void;
  /** How something stands now. */
  gauge(metric: MetricOf<'gauge', 'platform'>, value: number): void;
  /** Adds to a metric of one venue. */
  countOf(venue: string, metric: MetricOf<'count', 'venue'>, by?: number): void;
  /** Values of a distribution; a hundred of an invocation and venue are kept. */
  observe(venue: string, metric: MetricOf<'distribution', 'venue'>, values: readonly number[]): void;
}

/** Middy passes the runtime's own context object through, so it can key what belongs to one invocation. */
const metricsOf = new WeakMap<object, InvocationMetrics>();

function invocationOf(context: Context): Invocation {
  const metrics = metricsOf.get(context)!;
  return {
    requestId: context.awsRequestId,
    time: timeOf(context),
    remainingMs: () => context.getRemainingTimeInMillis(),
    count: (metric, by = 1) => metrics.add(metric, by),
    gauge: (metric, value) => metrics.set(metric, value),
    countOf: (venue, metric, by = 1) => metrics.addOf(venue, metric, by),
    observe: (venue, metric, values) => metrics.observe(venue, metric, values),
  };
}

function timeOf({ time = systemTime }: Context & Pick<InvocationContext, 'time'>): Time {
  return time;
}

function observeInvocation(name: FunctionName): middy.MiddlewareObj<unknown, unknown> {
  const started = new WeakMap<object, number>();
  return {
    before: ({ context }) => {
      started.set(context, timeOf(context).elapsedMs());
      metricsOf.set(context, new InvocationMetrics());
    },
    after: ({ context }) => {
      log.info('invoked', invocationLine(name, context, started.get(context)));
      logOtherVenues(name, context);
    },
    onError: ({ context, error }) => {
      const line = invocationLine(name, context, started.get(context));
      if (error instanceof ThrownAnswer)
        log.info('invoked', { ...line, answer: error.message, cause: error.cause });
      // Whoever waits says so, once; each of its attempts need not.
      else if (error instanceof Unreachable) log.info('invoked', { ...line, unreachable: error.message });
      else log.error('failed', { ...line, error: describeError(error) });
      logOtherVenues(name, context);
    },
  };
}

function invocationLine(name: FunctionName, context: Context, startedAt: number | undefined): object {
  const { venue, values } = metricsOf.get(context)!.lines()[0]!;
  const time = timeOf(context);
  return {
    requestId: context.awsRequestId,
    durationMs: startedAt === undefined ? null : Math.round((time.elapsedMs() - startedAt) * 100) / 100,
    ...reportMetrics({ function: name, venue }, values, time.nowMs()),
  };
}

/** Whoever held trades of several venues has a line for each that is not in the first. */
function logOtherVenues(name: FunctionName, context: Context): void {
  for (const { venue, values } of metricsOf.get(context)!.lines().slice(1))
    log.info('venue', reportMetrics({ function: name, venue }, values, timeOf(context).nowMs()));
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
