/** A failing seed, with as little in it as still fails: fewer seconds, desks and faults. */
import type { Scope } from './scope.ts';
import { DESKS } from './actors/trader.ts';
import type { Outcome } from './simulate.ts';

/** A seed takes a tenth of a second, and nobody waits for a minute. */
const MOST_TRIES = 250;

export interface Shrunk {
  readonly scope: Scope;
  readonly outcome: Outcome;
  readonly tries: number;
}

/**
 * Zeller's ddmin over the faults, and the same over the desks. What fails must break the law that the whole seed broke:
 * with a fault left out all that follows takes another course, so now and then another one would.
 */
export async function shrink(whole: Outcome, run: (scope: Scope) => Promise<Outcome>): Promise<Shrunk> {
  return new Shrinking(whole, run).shrink();
}

class Shrinking {
  readonly #run: (scope: Scope) => Promise<Outcome>;
  readonly #law: string;
  #best: Outcome;
  #scope: Scope;
  #tries = 0;

  constructor(whole: Outcome, run: (scope: Scope) => Promise<Outcome>) {
    if (whole.violation === null) throw new Error(`seed ${whole.seed} breaks no law`);
    this.#run = run;
    this.#law = whole.violation.law;
    this.#best = whole;
    this.#scope = {
      faults: whole.faults.map(({ number }) => number),
      desks: DESKS.map((_, number) => number),
      seconds: whole.seconds,
    };
  }

  async shrink(): Promise<Shrunk> {
    await this.#fewerSeconds();
    await this.#fewer('desks');
    await this.#fewer('faults');
    await this.#fewer('desks');
    await this.#fewerSeconds();
    return { scope: this.#scope, outcome: this.#best, tries: this.#tries };
  }

  async #fewerSeconds(): Promise<void> {
    let least = 1;
    while (least < this.#scope.seconds!) {
      const seconds = Math.floor((least + this.#scope.seconds!) / 2);
      if (!(await this.#fails({ ...this.#scope, seconds }))) least = seconds + 1;
    }
  }

  async #fewer(what: 'faults' | 'desks'): Promise<void> {
    let parts = 2;
    for (;;) {
      const all = this.#scope[what]!;
      if (all.length === 0) return;
      const size = Math.ceil(all.length / parts);
      if (await this.#someOf(what, all, size)) {
        parts = Math.max(2, parts - 1);
        continue;
      }
      if (size === 1) return;
      parts = Math.min(all.length, parts * 2);
    }
  }

  /** @returns whether a part of so many can be done without. */
  async #someOf(what: 'faults' | 'desks', all: readonly number[], size: number): Promise<boolean> {
    for (let from = 0; from < all.length; from += size) {
      const rest = [...all.slice(0, from), ...all.slice(from + size)];
      if (await this.#fails({ ...this.#scope, [what]: rest })) return true;
    }
    return false;
  }

  /** Keeps what does. */
  async #fails(scope: Scope): Promise<boolean> {
    if (this.#tries >= MOST_TRIES) return false;
    this.#tries++;
    const outcome = await this.#run(scope);
    if (outcome.violation?.law !== this.#law) return false;
    this.#scope = scope;
    this.#best = outcome;
    return true;
  }
}
