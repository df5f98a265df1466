/** What makes a strategy pause in an instrument that does it no good. Each ends by itself, and says when. */
import { toNumber } from '../../decimal.ts';
import type { Exit } from '../account-view.ts';
import { exitsRule } from '../rule.ts';
import { percentOf } from './percent.ts';

const DAY_MS = 86_400_000;

function within(exits: readonly Exit[], nowMs: number, windowMs: number): readonly Exit[] {
  return exits.filter(({ timeMs }) => nowMs - timeMs < windowMs);
}

function until(timeMs: number): string {
  return `until ${new Date(timeMs).toISOString()}`;
}

export const coolDownMs = exitsRule(
  {
    key: 'coolDownMs',
    kind: 'count',
    default: null,
    stricter: 'more',
    binds: 'entries',
    description: 'Milliseconds after a position was closed in which no new one is begun.',
  },
  (_, { exits, nowMs }, limit) => {
    const last = within(exits, nowMs, limit).reduce(
      (latest, { timeMs }) => Math.max(latest, timeMs),
      -Infinity,
    );
    if (last === -Infinity) return null;
    return `the last position was closed ${nowMs - last} ms ago, and ${limit} ms are to cool down: ${until(last + limit)}`;
  },
);

export const maxLosingExitsPerDay = exitsRule(
  {
    key: 'maxLosingExitsPerDay',
    kind: 'count',
    default: null,
    stricter: 'less',
    binds: 'entries',
    description:
      'Stop-loss guard: positions closed at a loss within 24 hours from which on no new one is begun, until the first of them is a day old.',
  },
  (_, { exits, nowMs }, limit) => {
    const losing = within(exits, nowMs, DAY_MS).filter(({ profit }) => profit < 0n);
    if (losing.length < limit) return null;
    const text = `${losing.length} positions closed at a loss within a day have reached the limit of ${limit}`;
    const oldest = losing.map(({ timeMs }) => timeMs).sort((a, b) => b - a)[limit - 1];
    return oldest === undefined ? text : `${text}: ${until(oldest + DAY_MS)}`;
  },
);

export const maxInstrumentLossRatio = exitsRule(
  {
    key: 'maxInstrumentLossRatio',
    kind: 'ratio',
    default: null,
    stricter: 'less',
    binds: 'entries',
    description:
      'Low-profit instrument: what the positions closed within 24 hours lost together, as a fraction of what they cost on average, from which on no new one is begun.',
  },
  (_, { exits, nowMs }, limit) => {
    const recent = within(exits, nowMs, DAY_MS);
    const cost = recent.reduce((sum, exit) => sum + exit.cost, 0n);
    if (cost <= 0n) return null;
    const loss = -recent.reduce((sum, exit) => sum + exit.profit, 0n);
    const ratio = (toNumber(loss) / toNumber(cost)) * recent.length;
    if (loss <= 0n || ratio < limit) return null;
    const oldest = Math.min(...recent.map(({ timeMs }) => timeMs));
    return `${recent.length} positions closed within a day lost ${percentOf(ratio)}, which has reached the limit of ${percentOf(limit)}: ${until(oldest + DAY_MS)} at the earliest`;
  },
);
