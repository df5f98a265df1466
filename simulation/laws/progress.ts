import type { DecidedRecord, ProgressRecord } from '../../shared/contracts/records.ts';
import type { Write } from '../../shared/ports/state-store.ts';
import { putsOf, type Law } from '../fabric/watch.ts';

/** How far somebody has come, by where it is kept. */
interface Mark {
  readonly of: string;
  readonly at: string | number;
}

/** What has been seen or decided is never forgotten again: somebody who was slow does not write over who came behind him. */
export function progressOnlyGrows(): Law {
  const reached = new Map<string, string | number>();
  return {
    name: 'progress only grows',
    onWrites: (writes) => {
      for (const { of, at } of marksIn(writes)) {
        const before = reached.get(of);
        if (before !== undefined && isBehind(at, before)) return `${of} went back from ${before} to ${at}`;
        reached.set(of, at);
      }
      return null;
    },
  };
}

function marksIn(writes: readonly Write[]): readonly Mark[] {
  return [
    ...putsOf(writes, 'signals', 'STRATEGY', 'PROGRESS').map(({ pk, value }) => ({
      of: `what ${pk} saw`,
      at: (value as ProgressRecord).lastCandleOpenTimeMs,
    })),
    ...putsOf(writes, 'orders', 'STRATEGY', 'DECIDED').map(({ pk, value }) => ({
      of: `what was decided of ${pk}`,
      at: (value as DecidedRecord).candleOpenTimeMs,
    })),
    ...putsOf(writes, 'orders', 'VENUE', 'match-orders').map(({ pk, value }) => ({
      of: pk,
      at: sequenceOf(value),
    })),
    ...putsOf(writes, 'market-data', 'LANE', 'build-candles').map(({ pk, value }) => ({
      of: pk,
      at: sequenceOf(value),
    })),
  ];
}

/** Of as many digits as the one before, or of more. */
function sequenceOf(value: unknown): string {
  return (value as { readonly lastSequence: string }).lastSequence;
}

function isBehind(at: string | number, before: string | number): boolean {
  return typeof at === 'string' ? BigInt(at) < BigInt(before) : at < Number(before);
}
