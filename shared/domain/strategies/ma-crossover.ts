import { SimpleMovingAverage } from '../indicators/simple-moving-average.ts';
import type { Advice, JsonValue, Strategy, StrategyCandle, StrategyDefinition } from './strategy.ts';

export interface MaCrossoverParams {
  readonly fastPeriod: number;
  readonly slowPeriod: number;
}

export const MAX_PERIOD = 1000;

/** Long when the fast average crosses above the slow one, flat when it crosses below. */
class MaCrossover implements Strategy {
  readonly #fast: SimpleMovingAverage;
  readonly #slow: SimpleMovingAverage;
  /** NaN until there has been an average of both. */
  #previousFast: number;
  #previousSlow: number;

  constructor(fast: SimpleMovingAverage, slow: SimpleMovingAverage, previousFast = NaN, previousSlow = NaN) {
    this.#fast = fast;
    this.#slow = slow;
    this.#previousFast = previousFast;
    this.#previousSlow = previousSlow;
  }

  onCandle(candle: StrategyCandle): Advice {
    const fast = this.#fast.next(candle.close);
    const slow = this.#slow.next(candle.close);
    const previousFast = this.#previousFast;
    const previousSlow = this.#previousSlow;
    this.#previousFast = fast;
    this.#previousSlow = slow;
    // Comparisons with NaN are false: nothing is advised before slowPeriod + 1 candles exist.
    if (fast > slow && previousFast <= previousSlow) return CROSSED_ABOVE;
    if (fast < slow && previousFast >= previousSlow) return CROSSED_BELOW;
    return null;
  }

  snapshot(): JsonValue {
    return {
      fast: this.#fast.snapshot(),
      slow: this.#slow.snapshot(),
      previous: Number.isNaN(this.#previousSlow) ? null : [this.#previousFast, this.#previousSlow],
    };
  }
}

const CROSSED_ABOVE: Advice = { side: 'BUY', reason: 'fast average crossed above slow' };
const CROSSED_BELOW: Advice = { side: 'SELL', reason: 'fast average crossed below slow' };

interface Snapshot {
  readonly fast: readonly number[];
  readonly slow: readonly number[];
  readonly previous: readonly [number, number] | null;
}

export const maCrossover: StrategyDefinition<MaCrossoverParams> = {
  name: 'ma-crossover',
  description: 'Long while a fast simple moving average of closes is above a slow one, else flat.',
  parseParams(input) {
    const { fastPeriod, slowPeriod, ...unknown } = input as Record<string, unknown>;
    const stranger = Object.keys(unknown)[0];
    if (stranger !== undefined)
      return { error: `unknown parameter "${stranger}": expected fastPeriod and slowPeriod` };
    if (!isPeriod(fastPeriod)) return { error: notAPeriod('fastPeriod', fastPeriod) };
    if (!isPeriod(slowPeriod)) return { error: notAPeriod('slowPeriod', slowPeriod) };
    if (fastPeriod >= slowPeriod) {
      return {
        error: `fastPeriod: expected less than slowPeriod, got ${fastPeriod} and ${slowPeriod}`,
      };
    }
    return { params: { fastPeriod, slowPeriod } };
  },
  create({ fastPeriod, slowPeriod }) {
    return new MaCrossover(new SimpleMovingAverage(fastPeriod), new SimpleMovingAverage(slowPeriod));
  },
  restore({ fastPeriod, slowPeriod }, snapshot) {
    const { fast, slow, previous } = snapshot as unknown as Snapshot;
    return new MaCrossover(
      SimpleMovingAverage.restore(fastPeriod, fast),
      SimpleMovingAverage.restore(slowPeriod, slow),
      ...(previous ?? []),
    );
  },
};

function isPeriod(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_PERIOD;
}

const MAX_SHOWN_CHARACTERS = 60;

function notAPeriod(name: string, value: unknown): string {
  const expected = `${name}: expected a whole number from 1 to ${MAX_PERIOD}`;
  return `${expected}, got ${value === undefined ? 'nothing' : JSON.stringify(value).slice(0, MAX_SHOWN_CHARACTERS)}`;
}
