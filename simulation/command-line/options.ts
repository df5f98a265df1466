import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { WHOLE_SEED, type Scope } from '../scope.ts';

export interface Request {
  readonly help: boolean;
  readonly seeds: number;
  readonly from: number;
  readonly workers: number;
  readonly scope: Scope;
  /** Every turn and fault is told. */
  readonly story: boolean;
}

/** What the user got wrong: one line. */
export class BadInput extends Error {}

const DEFAULT_SEEDS = 100;
const MOST_SEEDS = 1_000_000;
const LARGEST_SEED = 2_000_000_000;
const MOST_WORKERS = 64;
const MOST_SECONDS = 3600;
const MOST_NUMBERS = 200;

export const HELP = `npm run simulate -- [--seeds N] [--from S] [--workers N]
npm run simulate -- --seeds 1 --from S [--seconds N] [--desks N,N…] [--faults N,N…] [--story]

  --seeds N     how many seeds (${DEFAULT_SEEDS})
  --from S      the first of them (1)
  --workers N   threads (one for each core)
  --seconds N   of market: so many, and no more
  --desks N,N…  only these of a seed's desks trade; "none": none of them
  --faults N,N… only these of a seed's faults happen; "none": none of them
  --story       of one seed: every turn and every fault, on standard error
`;

/** @throws BadInput */
export function readRequest(args: readonly string[]): Request {
  const values = parsed(args);
  const seeds = count('--seeds', values.seeds, MOST_SEEDS) ?? DEFAULT_SEEDS;
  const scope: Scope = {
    ...WHOLE_SEED,
    seconds: count('--seconds', values.seconds, MOST_SECONDS),
    desks: numbers('--desks', values.desks),
    faults: numbers('--faults', values.faults),
  };
  const isOfOneSeed = values.story === true || Object.values(scope).some((part) => part !== null);
  if (isOfOneSeed && seeds !== 1)
    throw new BadInput('--story, --seconds, --desks and --faults belong to one seed: expected --seeds 1');
  return {
    help: values.help === true,
    seeds,
    from: count('--from', values.from, LARGEST_SEED) ?? 1,
    workers: count('--workers', values.workers, MOST_WORKERS) ?? availableParallelism(),
    scope,
    story: values.story === true,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string' },
        from: { type: 'string' },
        workers: { type: 'string' },
        seconds: { type: 'string' },
        desks: { type: 'string' },
        faults: { type: 'string' },
        story: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new BadInput((error as Error).message.split('.')[0]);
  }
}

function count(option: string, text: string | undefined, most: number): number | null {
  if (text === undefined) return null;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= most) return value;
  throw new BadInput(`${option}: expected a whole number from 1 to ${most}, got ${JSON.stringify(text)}`);
}

function numbers(option: string, text: string | undefined): readonly number[] | null {
  if (text === undefined) return null;
  if (text === 'none') return [];
  if (/^\d{1,6}(,\d{1,6})*$/.test(text)) {
    const all = text.split(',').map(Number);
    if (all.length <= MOST_NUMBERS) return all;
  }
  throw new BadInput(
    `${option}: expected "none" or at most ${MOST_NUMBERS} numbers with commas between them, got ${JSON.stringify(text)}`,
  );
}
