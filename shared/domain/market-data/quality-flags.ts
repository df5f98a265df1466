/**
 * What may be said against a piece of market data that is kept all the same. Flags are the bits of one number, which
 * travels with it: trade or quote → candle → signal → order → fill → report. A bit means the same for ever: new flags are
 * added at the end.
 */
export const QUALITY_FLAGS = [
  /** Something before it, within its span, was missed and given up. */
  'gap',
  /** Its id is below one before it, though no reset of the venue's ids shows. */
  'id-regression',
  /** The venue's ids began anew with it. */
  'reset',
  /** It is stamped long before it was received. */
  'ancient-time',
  /** It is stamped ahead of the venue's own clock. */
  'future-time',
  /** Its price or its size is zero or negative. */
  'not-positive',
  /** Its price lies far outside what its instrument was traded at. */
  'spike',
  /** The book that it is of has bids at or above its asks. */
  'crossed-book',
  /** The book that it is of has not been heard of for too long. */
  'stale-book',
  /** The book that it is of is not what the venue's checksum says. */
  'checksum-failed',
  /** It is the first after a book was fetched anew. */
  'resync',
  /** The venues that trade it do not agree on its price. */
  'venues-disagree',
] as const;
export type QualityFlag = (typeof QUALITY_FLAGS)[number];

/** Nothing is said against it. */
export const UNFLAGGED = 0;

/** The number in which these flags are set. */
export function qualityOf(...flags: readonly QualityFlag[]): number {
  let bits = UNFLAGGED;
  for (const flag of flags) bits |= 1 << QUALITY_FLAGS.indexOf(flag);
  return bits;
}

export function isFlagged(quality: number, flag: QualityFlag): boolean {
  return (quality & (1 << QUALITY_FLAGS.indexOf(flag))) !== 0;
}

/** As records carry what is said against what they rest on; left out: nothing is. */
export interface Flagged {
  readonly flags?: readonly QualityFlag[] | undefined;
}

/** All flags of what something rests on, each once, in the order of their bits; without the field where there is none. */
export function unitedFlags(...parts: readonly Flagged[]): { readonly flags?: readonly QualityFlag[] } {
  return flagsIn(parts.reduce((bits, { flags = [] }) => bits | qualityOf(...flags), UNFLAGGED));
}

/** The same of a number. */
export function flagsIn(quality: number | undefined): { readonly flags?: readonly QualityFlag[] } {
  return quality === undefined || quality === UNFLAGGED ? {} : { flags: flagsOf(quality) };
}

/** What was said against it stays said. @param bits of flags */
export function flaggedWith<One extends { readonly quality?: number }>(one: One, bits: number): One {
  return { ...one, quality: (one.quality ?? UNFLAGGED) | bits };
}

/** The number without this flag. */
export function withoutFlag(quality: number, flag: QualityFlag): number {
  return quality & ~qualityOf(flag);
}

/** The names of the flags that are set in a number, in the order of their bits. Bits without a name are left out. */
export function flagsOf(quality: number): readonly QualityFlag[] {
  return QUALITY_FLAGS.filter((_, bit) => (quality & (1 << bit)) !== 0);
}
