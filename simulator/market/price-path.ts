/**
 * The price of an asset at a venue, as a function of (seed, asset, venue, time) alone. All assets follow a common path as
 * well as their own, so that they are correlated; now and then one jumps, or all of them do, and half of it is forgotten
 * within half a minute; and venues differ by about a basis point.
 */
import { priceFactor, smoothNoise, uniform } from '../synthetic-prices.ts';

/** What an asset shares with the others, and what is its own: squared they are one, so that it moves as much as either. */
const SHARED = 0.75;
const OWN = Math.sqrt(1 - SHARED ** 2);

const JUMP_WINDOW_SECONDS = 90;
const JUMP_CHANCE = 0.3;
const LEAST_JUMP = 0.001;
const MOST_JUMP = 0.006;
const FORGOTTEN_AFTER_SECONDS = 45;
const BASIS = 0.00012;
const BASIS_SECONDS = 7;

/** Channels of chance; those of assets and venues are counted upwards from these. */
const COMMON_PATH = 5000;
const COMMON_JUMPS = 90_000;
const JUMPS = 100_000;
const BASES = 200_000;

/** @returns the price over its long-term level. */
export function marketFactor(seed: number, asset: number, channel: number, timeSeconds: number): number {
  const common = Math.log(priceFactor(seed, COMMON_PATH, timeSeconds));
  const own = Math.log(priceFactor(seed, asset, timeSeconds));
  const jumps = jumpsAt(seed, JUMPS + asset, timeSeconds) + jumpsAt(seed, COMMON_JUMPS, timeSeconds);
  const basis = BASIS * smoothNoise(seed, BASES + channel, timeSeconds / BASIS_SECONDS);
  return Math.exp(SHARED * common + OWN * own + jumps + basis);
}

/** What is left of the jumps of this window and of those before it, of which nothing is left after some. */
function jumpsAt(seed: number, channel: number, timeSeconds: number): number {
  const window = Math.floor(timeSeconds / JUMP_WINDOW_SECONDS);
  let sum = 0;
  for (let n = window - 3; n <= window; n++) {
    if (uniform(seed, channel, n) >= JUMP_CHANCE) continue;
    const atSeconds = (n + uniform(seed, channel + 1_000_000, n)) * JUMP_WINDOW_SECONDS;
    if (timeSeconds < atSeconds) continue;
    const swing = 2 * uniform(seed, channel + 2_000_000, n) - 1;
    const size = Math.sign(swing) * (LEAST_JUMP + Math.abs(swing) * (MOST_JUMP - LEAST_JUMP));
    sum += size * Math.exp(-(timeSeconds - atSeconds) / FORGOTTEN_AFTER_SECONDS);
  }
  return sum;
}
