import { METRICS } from '../../../shared/contracts/metrics.ts';
import type { FunctionStatus, VenueSilence } from '../../../shared/ports/function-health.ts';
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

function reasonsOfFunction({ name, invocations, errors, lagMs }: FunctionStatus): string[] {
  const lag = lagMs !== null && lagMs > MAX_LAG_MS ? [`${name}: ${Math.round(lagMs / 1000)} s behind`] : [];
  // The authorizer refuses a token by an error: bad tokens say nothing of our health.
  const failing = name !== topology.authorizer && errors > invocations * MAX_ERROR_RATIO;
  return failing ? [...lag, `${name}: ${errors} of ${invocations} invocations failed`] : lag;
}
