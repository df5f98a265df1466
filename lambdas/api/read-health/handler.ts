import type { HealthView } from '../../../shared/contracts/health-view.ts';
import { METRIC_NAMESPACE } from '../../../shared/contracts/metrics.ts';
import type { FunctionStatus } from '../../../shared/ports/function-health.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { describeError } from '../../../shared/runtime/define-function.ts';
import { log } from '../../../shared/runtime/log.ts';
import { readDroppedTrades } from '../../../shared/runtime/dropped-trades.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import { topology, type QueueName } from '../../../shared/topology.ts';
import { VERSION } from '../../../shared/version.ts';
import { metricsText } from './metrics-text.ts';
import {
  reasonsFor,
  reasonsOfClocks,
  reasonsOfGivenUp,
  reasonsOfSilence,
  reasonsOfWaiting,
} from './degradation.ts';

type Needs = Pick<Ports, 'functionHealth' | 'metrics' | 'deadLetters' | 'state'>;

/** Says how each function is doing. It answers whatever else is broken: what cannot be read is a reason, not an error. */
export function createHandler(ports: Needs) {
  return defineRestFunction('read-health', {
    'GET /v1/status': async () => {
      const { functionHealth } = ports;
      const [functions, deadLetters, silences, market, waiting, givenUp, dropped] = await Promise.all([
        readFunctions(ports),
        readDeadLetters(ports),
        orNull('when venues were last heard', functionHealth.silences()),
        orNull('whose market it is', functionHealth.market()),
        orNull('who waits', functionHealth.waiting()),
        orNull('what was given up', functionHealth.givenUp()),
        orNull('what was left out', readDroppedTrades(ports.state)),
      ]);
      const reasons = [
        ...reasonsOfWaiting(waiting ?? []),
        ...reasonsOfSilence(silences ?? []),
        ...reasonsOfClocks(silences ?? []),
        ...reasonsOfGivenUp(givenUp),
        ...reasonsFor(functions, deadLetters),
      ];
      const body: HealthView = {
        status: reasons.length === 0 ? 'ok' : 'degraded',
        reasons,
        stage: process.env['MILLRACE_STAGE'] ?? 'embedded',
        market,
        version: VERSION,
        functions: functions === null ? [] : functions.map((status) => ({ ...status })),
        venues: (silences ?? []).map(({ books, ...venue }) => ({
          ...venue,
          books:
            books === null ? null : { whole: books.whole, broken: books.broken.map((one) => ({ ...one })) },
        })),
        waiting: (waiting ?? []).map((one) => ({ ...one })),
        givenUp,
        dropped,
        deadLetters,
      };
      return { kind: 'done', body };
    },
    'GET /metrics': async () => {
      const counted = ports.metrics.read();
      if (counted === null) {
        const detail = `metrics: here they are in CloudWatch, in the namespace ${METRIC_NAMESPACE}`;
        return { kind: 'not-found', detail };
      }
      const { functionHealth } = ports;
      const [functions, deadLetters, waiting, givenUp] = await Promise.all([
        readFunctions(ports),
        readDeadLetters(ports),
        orNull('who waits', functionHealth.waiting()),
        orNull('what was given up', functionHealth.givenUp()),
      ]);
      const health = { functions, deadLetters, waiting: waiting?.length ?? null, givenUp };
      return { kind: 'done', body: metricsText(counted, health) };
    },
  });
}

async function readFunctions({
  functionHealth,
}: Pick<Needs, 'functionHealth'>): Promise<readonly FunctionStatus[] | null> {
  return orNull('function health', functionHealth.read());
}

async function readDeadLetters({ deadLetters }: Needs): Promise<Record<string, number | null>> {
  const queues = Object.keys(topology.queues) as QueueName[];
  const counts = queues.map(async (queue) => [
    queue,
    await orNull(`dead letters of ${queue}`, deadLetters.count(queue)),
  ]);
  return Object.fromEntries(await Promise.all(counts)) as Record<string, number | null>;
}

async function orNull<T>(what: string, reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    log.error(`${what} cannot be read`, { error: describeError(error) });
    return null;
  }
}
