import { createHash } from 'node:crypto';
import { FAULT_KINDS } from '../faults/fault-kinds.ts';
import type { Outcome } from '../simulate.ts';

/** What the seeds of a run came to. */
export class Tally {
  readonly broken: Outcome[] = [];
  readonly #hashes = new Map<number, string>();
  readonly #faults = new Map<string, number>(FAULT_KINDS.map((kind) => [kind, 0]));
  #orders = 0;
  #fills = 0;
  #turns = 0;
  #fewestOrders = Infinity;
  #fewestFaults = Infinity;

  add(outcome: Outcome): void {
    const { seed, violation, orders, fills, turns, faults } = outcome;
    this.#hashes.set(seed, outcome.stateHash + outcome.traceHash);
    this.#orders += orders;
    this.#fills += fills;
    this.#turns += turns;
    this.#fewestOrders = Math.min(this.#fewestOrders, orders);
    this.#fewestFaults = Math.min(this.#fewestFaults, faults.length);
    for (const { kind } of faults) this.#faults.set(kind, this.#faults.get(kind)! + 1);
    if (violation !== null) this.broken.push(outcome);
  }

  get seeds(): number {
    return this.#hashes.size;
  }

  summary() {
    return {
      seeds: this.seeds,
      failed: this.broken.length,
      orders: this.#orders,
      fills: this.#fills,
      turns: this.#turns,
      fewestOrders: this.#fewestOrders,
      fewestFaults: this.#fewestFaults,
      faults: Object.fromEntries(this.#faults),
      hash: this.#hash(),
    };
  }

  /** Of what every seed came to: two runs of the same seeds agree on it, whoever ran which. */
  #hash(): string {
    const hash = createHash('sha256');
    for (const [seed, text] of [...this.#hashes].sort(([a], [b]) => a - b)) hash.update(`${seed} ${text}\n`);
    return hash.digest('hex');
  }
}
