import { METRICS } from '../../../shared/contracts/metrics.ts';
import type { FunctionStatus, VenueSilence, Waiting } from '../../../shared/ports/function-health.ts';
import { topology } from '../../../shared/topology.ts';

/** Data a minute old is no longer live. */
const MAX_LAG_MS = 60_000;
const MAX_ERROR_RATIO = 0.05;

/**
 * Why the platform is not well, one line each; empty: it is.
 * @param functions null: they could not be read. @param deadLetters by queue; null: the count could not be read.
 */
export function reasonsFor(
  functions: readonly FunctionStatus[] | null,
  deadLetters: Readonly<Record<string, number | null>>,
): string[] {
  const ofFunctions =
    functions === null ? ['function health cannot be read'] : functions.flatMap(reasonsOfFunction);
  const ofQueues = Object.entries(deadLetters).flatMap(([queue, count]) => {
    if (count === null) return [`${queue}: dead letters cannot be counted`];
    return count === 0 ? [] : [`${queue}: ${count} dead letter${count === 1 ? '' : 's'}`];
  });
  return [...ofFunctions, ...ofQueues];
}

/** As its alarm would say on AWS. */
export function reasonsOfSilence(silences: readonly VenueSilence[]): string[] {
  const { threshold } = METRICS.venueSilenceMs.alarm!;
  return silences
    .filter(({ silenceMs }) => silenceMs >= threshold)
    .map(({ venue, silenceMs }) => `${venue}: silent for ${Math.round(silenceMs / 1000)} s`);
}

/** Orders go by the venue's clock, and all else (tokens, leases, what people set until when) by ours. */
const MAX_CLOCK_OFFSET_MS = 1000;

export function reasonsOfClocks(venues: readonly VenueSilence[]): string[] {
  return venues.flatMap(({ venue, clockOffsetMs }) => {
    if (clockOffsetMs === null || Math.abs(clockOffsetMs) <= MAX_CLOCK_OFFSET_MS) return [];
    const seconds = (Math.abs(clockOffsetMs) / 1000).toFixed(1);
    return [`${venue}: its clock is ${seconds} s ${clockOffsetMs > 0 ? 'ahead of' : 'behind'} ours`];
  });
}

/** One line a store: since when, why, and who waits for it. */
export function reasonsOfWaiting(waiting: readonly Waiting[]): string[] {
  return [...Map.groupBy(waiting, ({ store }) => store)].map(([, [longest, ...others]]) => {
    const { cause, sinceMs } = longest!;
    const who = [longest!, ...others].map((one) => one.who).join(', ');
    return `${cause}, since ${new Date(sinceMs).toISOString()}; waiting: ${who}`;
  });
}

export function reasonsOfGivenUp(givenUp: number | null): string[] {
  return givenUp === null || givenUp === 0
    ? []
    : [`${givenUp} given up: millrace quarantine given-up lists them`];
}

function reasonsOfFunction({ name, invocations, errors, lagMs }: FunctionStatus): string[] {
  const lag = lagMs !== null && lagMs > MAX_LAG_MS ? [`${name}: ${Math.round(lagMs / 1000)} s behind`] : [];
  // The authorizer refuses a token by an error: bad tokens say nothing of our health.
  const failing = name !== topology.authorizer && errors > invocations * MAX_ERROR_RATIO;
  return failing ? [...lag, `${name}: ${errors} of ${invocations} invocations failed`] : lag;
}
