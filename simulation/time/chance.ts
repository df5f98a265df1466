/** Chance of a seed: every choice of a simulation is drawn from one of its streams, so that a seed is all there is to say. */
import { mulberry32 } from '../../embedded/runtime/faults.ts';

export interface Chance {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number from 0, below the bound. */
  below(bound: number): number;
  happens(probability: number): boolean;
  oneOf<C extends readonly [unknown, ...unknown[]]>(choices: C): C[number];
}

/** @param purpose each has a stream of its own: what one draws more or less of changes nothing for the others. */
export function chanceOf(seed: number, purpose: string): Chance {
  const next = mulberry32(mixed(seed, purpose));
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    happens: (probability) => next() < probability,
    oneOf: (choices) => choices[below(choices.length)]!,
  };
}

/** FNV-1a of the purpose, begun with the seed. */
function mixed(seed: number, purpose: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
