/** What a simulated venue can be asked to do wrong. */
export const FAULTS = [
  /** All connections are cut, and none is taken until it is over. */
  'disconnect',
  /** Messages are left out. */
  'gap',
  /** Messages come twice. */
  'duplicate',
  /** A message is overtaken by the one behind it. */
  'out-of-order',
  /** The best bid lies above the best ask. */
  'crossed-book',
  /** Trades are printed at a fifth of their price, or at five times it. */
  'price-spike',
  /** Checksums of books are wrong. */
  'bad-checksum',
  /** Nothing is sent, though pings are answered. */
  'stall',
  /** Messages are cut off, or are no messages at all. */
  'malformed',
  /** Some instruments trade thirty times as often. */
  'flood',
  /** Trades are numbered from the beginning again. */
  'id-reset',
  /** The venue's clock goes two minutes ahead or behind, and comes back. */
  'clock-skew',
  /** REST refuses, and says for how long. */
  'rest-ban',
  /** Trades and books rise above those of the other venues, further each second, and come back at once. */
  'drift',
] as const;

export type FaultKind = (typeof FAULTS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** By the simulation's clock, the end not included. An `id-reset` happens at its begin. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Of those that are long over nobody needs to know. */
const MAX_FAULTS = 1000;
const CLOCK_SKEW_MS = 120_000;
/** Of the price, each second, the first at once. */
const DRIFT_A_SECOND = 0.02;
const MOST_DRIFT = 0.08;

/** The faults of one venue, planned beforehand or begun as a test goes on. */
export class FaultPlan {
  readonly #faults: Fault[];

  constructor(faults: readonly Fault[] = []) {
    this.#faults = [...faults];
  }

  add(fault: Fault): void {
    this.#faults.push(fault);
    if (this.#faults.length > MAX_FAULTS) this.#faults.shift();
  }

  isOn(kind: FaultKind, atMs: number): boolean {
    return this.endOf(kind, atMs) !== null;
  }

  /** Until when one of this kind goes on that has begun; null: none has. */
  endOf(kind: FaultKind, atMs: number): number | null {
    let end: number | null = null;
    for (const fault of this.#faults)
      if (fault.kind === kind && atMs >= fault.fromMs && atMs < fault.untilMs)
        end = Math.max(end ?? 0, fault.untilMs);
    return end;
  }

  /** When the last one of this kind began that goes on; null: none does. */
  beginOf(kind: FaultKind, atMs: number): number | null {
    const begun = this.#faults.filter(
      (fault) => fault.kind === kind && atMs >= fault.fromMs && atMs < fault.untilMs,
    );
    return begun.length === 0 ? null : Math.max(...begun.map(({ fromMs }) => fromMs));
  }

  /** What prices are multiplied by: one or more. */
  drift(atMs: number): number {
    const begin = this.beginOf('drift', atMs);
    if (begin === null) return 1;
    const seconds = 1 + Math.floor((atMs - begin) / 1000);
    return 1 + Math.min(MOST_DRIFT, seconds * DRIFT_A_SECOND);
  }

  /** How far the venue's clock is off: ahead or behind, as each fault has it. */
  skewMs(atMs: number): number {
    const begin = this.beginOf('clock-skew', atMs);
    if (begin === null) return 0;
    return begin % 2 === 0 ? CLOCK_SKEW_MS : -CLOCK_SKEW_MS;
  }
}
