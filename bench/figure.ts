import { median } from './measuring/statistics.ts';

/** One measured quantity beside its reference: a line of output. */
export interface Figure {
  readonly figure: string;
  /** The median of the runs. */
  readonly value: number;
  readonly unit: string;
  /** What was measured beside it, on the same machine at the same time. */
  readonly reference: string;
  readonly referenceValue: number;
  /** value ÷ referenceValue */
  readonly ratio: number;
  readonly runs: readonly number[];
  readonly note?: string;
  /** What else the run came to: proof that it did its work. */
  readonly details?: Readonly<Record<string, number | string>>;
}

export interface Measured extends Pick<Figure, 'figure' | 'unit' | 'reference' | 'note' | 'details'> {
  readonly runs: readonly number[];
  readonly referenceRuns: readonly number[];
}

/** Numbers past this many digits are noise. */
const DIGITS = 5;

export function figureOf({ figure, unit, reference, runs, referenceRuns, note, details }: Measured): Figure {
  const value = median(runs);
  const referenceValue = median(referenceRuns);
  return {
    figure,
    value: rounded(value),
    unit,
    reference,
    referenceValue: rounded(referenceValue),
    ratio: rounded(value / referenceValue),
    runs: runs.map(rounded),
    ...(note === undefined ? {} : { note }),
    ...(details === undefined ? {} : { details: roundedDetails(details) }),
  };
}

function roundedDetails(details: Readonly<Record<string, number | string>>): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'number' ? rounded(value) : value,
    ]),
  );
}

/** Counts stay as they are. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
}

/** What a benchmark is given. */
export interface Bench {
  /** How often it measures, when it is to be another number than its own. */
  readonly runs: number | null;
  /** How long a timed run takes, when it is to be another time than its own. */
  readonly seconds: number | null;
  /** For people, on standard error. */
  readonly tell: (line: string) => void;
  /** What is to be ended and removed afterwards, also when the benchmark fails or is interrupted. */
  readonly resources: AsyncDisposableStack;
}

export type Benchmark = (bench: Bench) => Promise<readonly Figure[]>;
