/**
 * Faults on purpose, drawn from a seed: what a cloud does now and then, done often. A platform whose effects are
 * exactly-once comes to the same state whatever is drawn here.
 */
import type { FunctionName } from '../../shared/topology.ts';

export interface Faults {
  /** Before the handler runs: it never starts. */
  failsBefore(functionName: FunctionName): boolean;
  /** After the handler ran: its effects are there, its answer is lost. */
  failsAfter(functionName: FunctionName): boolean;
  /** The delivery is made twice. */
  repeats(functionName: FunctionName): boolean;
  /** Which of so many waiting events is delivered next: the bus keeps no order. */
  pick(waiting: number): number;
}

export const NO_FAULTS: Faults = {
  failsBefore: () => false,
  failsAfter: () => false,
  repeats: () => false,
  pick: () => 0,
};

export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}

/** @param rate of each kind of fault, per delivery, from 0 to 1. */
export function seededFaults(seed: number, rate: number): Faults {
  const next = mulberry32(seed);
  return {
    failsBefore: () => next() < rate,
    failsAfter: () => next() < rate,
    repeats: () => next() < rate,
    pick: (waiting) => Math.floor(next() * waiting),
  };
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty to choose faults by. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
