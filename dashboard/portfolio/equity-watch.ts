/** Equity at the market as the page saw it pass: between fills it says more than the history can. */
import type { Portfolio } from '../api/views.ts';
import type { EquityPoint } from './equity-history.ts';

const MOST_POINTS = 10_000;

export class EquityWatch {
  #currency: string | null = null;
  #points: readonly EquityPoint[] = [];

  /**
   * @param notBeforeMs the time of the newest fill: the portfolio knows of it
   */
  observe({ totals, positions }: Portfolio, quoteCurrency: string, notBeforeMs: number): void {
    if (quoteCurrency !== this.#currency) {
      this.#currency = quoteCurrency;
      this.#points = [];
    }
    const total = totals.find((candidate) => candidate.quoteCurrency === quoteCurrency);
    if (total === undefined) return;
    const markedMs = Math.max(notBeforeMs, ...positions.map(({ markTimeMs }) => markTimeMs ?? 0));
    const last = this.#points.at(-1);
    if (last !== undefined && markedMs < last.timeMs) return;
    const kept = last?.timeMs === markedMs ? this.#points.slice(0, -1) : this.#points;
    this.#points = [...kept, { timeMs: markedMs, equity: total.equity }].slice(-MOST_POINTS);
  }

  /** What was seen, and the history for the time before that. */
  joined(history: readonly EquityPoint[]): EquityPoint[] {
    const [startMs, firstSeen] = [history[0]?.timeMs ?? 0, this.#points[0]];
    const seen = this.#points.filter(({ timeMs }) => timeMs > startMs);
    if (firstSeen === undefined || seen.length === 0) return [...history];
    const before = history.filter(({ timeMs }) => timeMs < firstSeen.timeMs || timeMs === startMs);
    return [...before, ...seen.filter(({ timeMs }) => timeMs > (before.at(-1)?.timeMs ?? -1))];
  }
}
