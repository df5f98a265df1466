/**
 * Prices of a market that never was, as a function of (seed, instrument, time) alone: any second can be had without
 * the ones before it. Two slow waves of about 1 % give a crossover of moving averages something to follow; noise on
 * the scale of the averages themselves gives back most of what it earns, so that after fees of 0.1 % little is left.
 */

interface Wave {
  readonly amplitude: number;
  readonly periodSeconds: number;
}

const WAVES: readonly Wave[] = [
  { amplitude: 0.007, periodSeconds: 240 },
  { amplitude: 0.003, periodSeconds: 97 },
];
/** Random points this far apart, and a smooth line between them. */
const NOISES: readonly Wave[] = [
  { amplitude: 0.0018, periodSeconds: 5 },
  { amplitude: 0.0028, periodSeconds: 17 },
];
/** Instruments swing at their own pace: their periods lie this far around the given ones. */
const PERIOD_SPREAD = 0.2;

const CHANNELS = 16;
const PHASE = 8;

/** @returns the price over its long-term level, about 0.985 to 1.015. */
export function priceFactor(seed: number, instrument: number, timeSeconds: number): number {
  const channel = instrument * CHANNELS;
  let x = 0;
  for (const [n, { amplitude, periodSeconds }] of WAVES.entries()) {
    const period = periodSeconds * (1 - PERIOD_SPREAD + 2 * PERIOD_SPREAD * uniform(seed, channel + n, 0));
    const phase = uniform(seed, channel + PHASE + n, 0);
    x += amplitude * Math.sin(2 * Math.PI * (timeSeconds / period + phase));
  }
  for (const [n, { amplitude, periodSeconds }] of NOISES.entries()) {
    x += amplitude * smoothNoise(seed, channel + WAVES.length + n, timeSeconds / periodSeconds);
  }
  return Math.exp(x);
}

/** In [−1, 1], through a random value at each whole `t`. */
export function smoothNoise(seed: number, channel: number, t: number): number {
  const whole = Math.floor(t);
  const part = t - whole;
  const from = 2 * uniform(seed, channel, whole) - 1;
  const to = 2 * uniform(seed, channel, whole + 1) - 1;
  return from + (to - from) * part * part * (3 - 2 * part);
}

/** A number in [0, 1) that depends on its three arguments alone. */
export function uniform(seed: number, channel: number, n: number): number {
  return mix(seed, channel, n) / 2 ** 32;
}

/** 32 well-mixed bits (the finalizer of MurmurHash3, once for each argument). */
export function mix(a: number, b: number, c: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul((h ^ (h >>> 13)) + b, 0xc2b2ae35);
  h = Math.imul((h ^ (h >>> 16)) + c, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
