import { chanceOf, type Chance } from '../time/chance.ts';
import { FAILING, FAULT_KINDS, type FaultKind } from './fault-kinds.ts';

export interface InjectedFault {
  /** Which of the seed's faults: what a shortened run chooses by. */
  readonly number: number;
  readonly kind: FaultKind;
  readonly where: string;
  readonly atMs: number;
}

/** How likely each kind is where it may happen, in a seed that has it. */
const RATES: Readonly<Record<FaultKind, number>> = {
  crash: 0.0012,
  unreachable: 0.006,
  'answer-lost': 0.006,
  error: 0.004,
  slow: 0.006,
  'not-started': 0.01,
  'result-lost': 0.01,
  'started-twice': 0.015,
  'partial-batch': 0.08,
  'published-twice': 0.03,
  'appended-twice': 0.05,
  resent: 0.05,
  poison: 0.04,
};
/** Kinds by which a seed differs from the next: some have few and often, some all and seldom. */
const LIKELIHOOD_OF_A_KIND = 0.55;
const EAGERNESS = [0.5, 1, 1, 2, 4] as const;
const MAX_FAULTS = 120;
/**
 * A message may be received five times, an event tried as often: of a function so many deliveries fail in so long. What was
 * received when the process was killed comes back after half a minute, and that counts as well.
 */
const MAX_STRIKES = 2;
const STRIKE_LASTS_MS = 45_000;
const MAX_CRASHES = 4;
const MAX_CRASHES_AT_ONCE = 2;
const CRASH_LASTS_MS = 70_000;

/** Draws a seed's faults, remembers them, and leaves out those that a shortened run does without. */
export class FaultPlan {
  readonly injected: InjectedFault[] = [];
  readonly #chance: Chance;
  readonly #rates: ReadonlyMap<FaultKind, number>;
  readonly #only: ReadonlySet<number> | null;
  readonly #onFault: (what: string) => void;
  readonly #now: () => number;
  readonly #strikes = new Map<string, number[]>();
  #drawn = 0;
  readonly #crashesAtMs: number[] = [];
  #isOver = false;

  /** @param only the numbers of the faults that happen; null: all do */
  constructor(
    seed: number,
    only: readonly number[] | null,
    now: () => number,
    onFault: (what: string) => void,
  ) {
    this.#chance = chanceOf(seed, 'faults');
    this.#rates = ratesOf(chanceOf(seed, 'kinds of faults'));
    this.#only = only === null ? null : new Set(only);
    this.#onFault = onFault;
    this.#now = now;
  }

  /** @param where a function, for what its tries are counted by. */
  happens(kind: FaultKind, where: string): boolean {
    const rate = this.#rates.get(kind);
    if (this.#isOver || rate === undefined || !this.#chance.happens(rate)) return false;
    if (this.#drawn >= MAX_FAULTS || this.#isTooMuch(kind, where)) return false;
    const number = ++this.#drawn;
    if (this.#only !== null && !this.#only.has(number)) return false;
    this.injected.push({ number, kind, where, atMs: this.#now() });
    this.#onFault(`${number}: ${kind} in ${where}`);
    if (FAILING.has(kind)) this.#strikes.set(where, [...this.#recentStrikes(where), this.#now()]);
    if (kind === 'crash') this.#crashesAtMs.push(this.#now());
    return true;
  }

  /** From now on all is well, and everything has to come to its end. */
  end(): void {
    this.#isOver = true;
  }

  #isTooMuch(kind: FaultKind, where: string): boolean {
    if (kind === 'crash')
      return this.#crashesAtMs.length >= MAX_CRASHES || this.#recentCrashes() >= MAX_CRASHES_AT_ONCE;
    return FAILING.has(kind) && this.#recentStrikes(where).length >= MAX_STRIKES;
  }

  #recentCrashes(): number {
    const sinceMs = this.#now() - CRASH_LASTS_MS;
    return this.#crashesAtMs.filter((atMs) => atMs > sinceMs).length;
  }

  #recentStrikes(where: string): readonly number[] {
    const since = this.#now() - STRIKE_LASTS_MS;
    return (this.#strikes.get(where) ?? []).filter((atMs) => atMs > since);
  }
}

function ratesOf(chance: Chance): ReadonlyMap<FaultKind, number> {
  const rates = new Map<FaultKind, number>();
  for (const kind of FAULT_KINDS) {
    const eagerness = chance.oneOf(EAGERNESS);
    if (chance.happens(LIKELIHOOD_OF_A_KIND)) rates.set(kind, RATES[kind] * eagerness);
  }
  // What the others are told from when a seed has drawn next to nothing.
  for (const kind of ['answer-lost', 'started-twice'] as const)
    if (!rates.has(kind)) rates.set(kind, RATES[kind]);
  return rates;
}
