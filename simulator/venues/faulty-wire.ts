import type { FaultPlan } from './venue-faults.ts';

export interface FaultyWireOptions {
  readonly faults: FaultPlan;
  readonly nowMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly send: (text: string) => void;
}

const GAP_CHANCE = 0.2;
const TWICE_CHANCE = 0.3;
const OVERTAKEN_CHANCE = 0.3;
const MALFORMED_CHANCE = 0.15;

/** What a venue says over one connection, and what becomes of it on the way. */
export class FaultyWire {
  readonly #options: FaultyWireOptions;
  /** Overtaken by the next message. */
  #held: string | null = null;

  constructor(options: FaultyWireOptions) {
    this.#options = options;
  }

  say(text: string): void {
    const { faults, nowMs, random } = this.#options;
    const now = nowMs();
    if (faults.isOn('stall', now)) return;
    if (faults.isOn('gap', now) && random() < GAP_CHANCE) return;
    const spoilt = faults.isOn('malformed', now) && random() < MALFORMED_CHANCE ? this.#spoilt(text) : text;
    this.#pass(spoilt, faults.isOn('out-of-order', now) && random() < OVERTAKEN_CHANCE);
    if (faults.isOn('duplicate', now) && random() < TWICE_CHANCE) this.#options.send(text);
  }

  #pass(text: string, isOvertaken: boolean): void {
    const held = this.#held;
    this.#held = isOvertaken && held === null ? text : null;
    if (this.#held === null) this.#options.send(text);
    if (held !== null) this.#options.send(held);
  }

  #spoilt(text: string): string {
    const { random } = this.#options;
    const kind = random();
    if (kind < 0.5) return text.slice(0, 1 + Math.floor(random() * (text.length - 1)));
    return kind < 0.75 ? '<html><body>502 Bad Gateway</body></html>' : '';
  }
}
