/** How many items of one kind go into one call, and what becomes of those that a service refuses. */

/**
 * Splits items so that no group holds two of one key, keeping the order within each key. Services accept the items
 * of one call independently: with two of one key in it, the first may be refused and the second kept.
 */
export function inRounds<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const rounds: T[][] = [];
  const seen = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    const round = seen.get(key) ?? 0;
    seen.set(key, round + 1);
    (rounds[round] ??= []).push(item);
  }
  return rounds;
}

/** Splits items in their order into batches of at most `maxItems` and, unless one alone is more, `maxBytes`. */
export function inBatches<T>(
  items: readonly T[],
  bytesOf: (item: T) => number,
  limits: { readonly maxItems: number; readonly maxBytes: number },
): T[][] {
  const batches: T[][] = [];
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    if (batch.length > 0 && (batch.length === limits.maxItems || bytes + size > limits.maxBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

export interface Refused<T> {
  readonly item: T;
  /** The service's code and message. */
  readonly cause: string;
}

/** Part of a batch was refused as often as it was sent. */
export class StillRefused extends Error {
  override readonly name = 'StillRefused';
  /** The service's own, of each item. */
  readonly codes: readonly string[];
  constructor(message: string, refused: readonly Refused<unknown>[]) {
    super(message);
    this.codes = refused.map(({ cause }) => cause.split(' ', 1)[0]!);
  }
}

export type Sleep = (milliseconds: number) => Promise<void>;

const MAX_ATTEMPTS = 6;
const FIRST_DELAY_MS = 50;

/**
 * Sends a batch, and again what was refused of it, waiting longer each time: about 1.5 s in all.
 * @param attempt sends items and returns those that were refused, in their order.
 * @throws StillRefused naming how many were refused last, and why.
 */
export async function sendUntilAccepted<T>(
  items: readonly T[],
  attempt: (items: readonly T[]) => Promise<readonly Refused<T>[]>,
  sleep: Sleep = wait,
): Promise<void> {
  let refused = await attempt(items);
  for (let attempts = 1; refused.length > 0; attempts++) {
    if (attempts === MAX_ATTEMPTS) {
      const last = `${refused.length} of ${items.length} refused ${attempts} times: ${refused[0]!.cause}`;
      throw new StillRefused(last, refused);
    }
    await sleep(backoffMs(attempts));
    refused = await attempt(refused.map(({ item }) => item));
  }
}

/** Doubles each time; half of it by chance, so that callers refused together do not come back together. */
export function backoffMs(attempts: number): number {
  const ceiling = FIRST_DELAY_MS * 2 ** (attempts - 1);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

export const wait: Sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
