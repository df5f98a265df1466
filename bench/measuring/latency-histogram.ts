export interface Latencies {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Latencies counted in buckets of one width: memory stays the same however many there are. */
export class LatencyHistogram {
  readonly #bucketMs: number;
  readonly #counts: Uint32Array;
  #count = 0;
  #maxMs = 0;

  /** @param bucketMs the resolution; what takes longer than `longestMs` is counted as if it took that. */
  constructor({ bucketMs, longestMs }: { readonly bucketMs: number; readonly longestMs: number }) {
    this.#bucketMs = bucketMs;
    this.#counts = new Uint32Array(Math.ceil(longestMs / bucketMs) + 1);
  }

  record(latencyMs: number): void {
    const bucket = Math.min(Math.max(0, Math.round(latencyMs / this.#bucketMs)), this.#counts.length - 1);
    this.#counts[bucket]!++;
    this.#count++;
    if (latencyMs > this.#maxMs) this.#maxMs = latencyMs;
  }

  /** The least latency that this fraction of all does not exceed; NaN when nothing was recorded. */
  percentile(fraction: number): number {
    const wanted = Math.ceil(this.#count * fraction);
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= wanted && seen > 0) return bucket * this.#bucketMs;
    }
    return NaN;
  }

  summary(): Latencies {
    return {
      count: this.#count,
      p50Ms: this.percentile(0.5),
      p95Ms: this.percentile(0.95),
      p99Ms: this.percentile(0.99),
      maxMs: this.#maxMs,
    };
  }
}
