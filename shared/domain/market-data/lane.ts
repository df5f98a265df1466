import { exchangeOf, type InstrumentId } from './instrument.ts';

/**
 * A lane is the unit of order: everything about one instrument travels in one lane, and a lane is the
 * partition key of its stream records. The number is fixed for good, because changing it would move
 * instruments between lanes while their state stays behind.
 */
export const LANES_PER_EXCHANGE = 4;

/** `exchange#n`. */
export type Lane = string;

export function laneOf(instrumentId: InstrumentId): Lane {
  return `${exchangeOf(instrumentId)}#${fnv1a(instrumentId) % LANES_PER_EXCHANGE}`;
}

export function lanesOf(exchange: string): Lane[] {
  return Array.from({ length: LANES_PER_EXCHANGE }, (_, n) => `${exchange}#${n}`);
}

/** FNV-1a, 32 bit: spreads short ASCII keys evenly and is the same in every runtime. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}
