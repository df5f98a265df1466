/** How instruments move together. Statistics: floats. */

/** Closes of one instrument, oldest first. */
export interface CloseSeries {
  readonly openTimeMs: readonly number[];
  readonly close: readonly number[];
}

export interface Correlation {
  /** −1 … 1; null: too few returns in common, or one of the two did not move. */
  readonly coefficient: number | null;
  /** Returns that both have. */
  readonly observations: number;
}

/** With two points any line fits. */
const LEAST_OBSERVATIONS = 3;

/**
 * Pearson's correlation of the log returns of each pair, a symmetric matrix.
 *
 * A return is that between candles which lie side by side; where an instrument had no trade in an interval it has no
 * return into it and none out of it, and a pair is compared by the returns that both have. To carry prices on over quiet
 * intervals instead would add zeros which the other did not have, and show a thin market as independent of every other
 * (the effect that Epps described in 1979).
 */
export function correlationMatrix(
  series: readonly CloseSeries[],
  intervalMs: number,
): readonly (readonly Correlation[])[] {
  const returns = series.map((one) => returnsOf(one, intervalMs));
  const matrix: Correlation[][] = returns.map(() => []);
  for (let row = 0; row < returns.length; row++) {
    for (let column = 0; column <= row; column++) {
      const correlation = pearson(returns[row]!, returns[column]!);
      matrix[row]![column] = correlation;
      matrix[column]![row] = correlation;
    }
  }
  return matrix;
}

function returnsOf({ openTimeMs, close }: CloseSeries, intervalMs: number): Map<number, number> {
  const returns = new Map<number, number>();
  for (let i = 1; i < close.length; i++) {
    const [before, now] = [close[i - 1]!, close[i]!];
    if (openTimeMs[i]! - openTimeMs[i - 1]! === intervalMs && before > 0 && now > 0)
      returns.set(openTimeMs[i]!, Math.log(now / before));
  }
  return returns;
}

/** In two passes: a mean that is taken off first loses no digits where returns are small and alike. */
function pearson(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): Correlation {
  const [xs, ys]: [number[], number[]] = [[], []];
  for (const [timeMs, x] of a) {
    const y = b.get(timeMs);
    if (y === undefined) continue;
    xs.push(x);
    ys.push(y);
  }
  const observations = xs.length;
  if (observations < LEAST_OBSERVATIONS) return { coefficient: null, observations };
  const [meanX, meanY] = [mean(xs), mean(ys)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < observations; i++) {
    const [x, y] = [xs[i]! - meanX, ys[i]! - meanY];
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  const scale = Math.sqrt(xx) * Math.sqrt(yy);
  const coefficient = scale > 0 ? Math.max(-1, Math.min(1, xy / scale)) : null;
  return { coefficient, observations };
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
