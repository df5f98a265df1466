import { residentBytes } from './process-usage.ts';
import { median, slopeOf, type Point } from './statistics.ts';

const EVERY_MS = 250;
const MB = 1e6;

/** Resident memory of some processes over time, in MB. */
export class MemorySampler {
  readonly #pids: readonly number[];
  readonly #timer: NodeJS.Timeout;
  readonly #beganAtMs = performance.now();
  /** One value a process in each. */
  readonly #samples: { readonly minute: number; readonly mb: readonly number[] }[] = [];

  /** Samples until it is stopped, or the resources are let go. */
  constructor(pids: readonly number[], resources: AsyncDisposableStack) {
    this.#pids = pids;
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), EVERY_MS);
    resources.defer(() => this.stop());
  }

  /** No more is sampled. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** The most that all of them had at one moment. */
  get peakMb(): number {
    return Math.max(...this.#samples.map(({ mb }) => sum(mb)));
  }

  /** The most that each of them had, in the order in which they were given. */
  get peaksMb(): readonly number[] {
    return this.#pids.map((_, n) => Math.max(...this.#samples.map(({ mb }) => mb[n]!)));
  }

  /** How the sum of all grew from the first half of the time to its end, a minute. */
  slopesMbAMinute(): { readonly firstHalf: number; readonly secondHalf: number } {
    const points = this.#samples.map(({ minute, mb }): Point => ({ x: minute, y: sum(mb) }));
    const middle = points.length >> 1;
    return { firstHalf: slopeOf(points.slice(0, middle)), secondHalf: slopeOf(points.slice(middle)) };
  }

  /** How much more all have at the end than when three tenths of the time had passed, in percent; each the median of a tenth. */
  growthPercent(): number {
    const mb = this.#samples.map((sample) => sum(sample.mb));
    const around = (tenth: number): number =>
      median(
        mb.slice(Math.floor((mb.length * (tenth - 0.5)) / 10), Math.ceil((mb.length * (tenth + 0.5)) / 10)),
      );
    return (around(9.5) / around(3) - 1) * 100;
  }

  #sample(): void {
    const minute = (performance.now() - this.#beganAtMs) / 60_000;
    this.#samples.push({ minute, mb: this.#pids.map((pid) => residentBytes(pid) / MB) });
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
