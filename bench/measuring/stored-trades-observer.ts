import type { Ports } from '../../shared/ports/index.ts';
import { LatencyHistogram, type Latencies } from './latency-histogram.ts';

/** An instant of a trade, by which its delay begins. */
type Beginning = 'receivedAtMs' | 'timeMs';

/**
 * Notes when trades can be queried: the moment at which their insert has resolved. A paced simulated market gives
 * each trade the time at which it was due (collector/tape/pacer.ts lets nothing out before it), so what is measured begins
 * when a venue would have sent the trade, and a collector that falls behind makes its own delay longer. A live collector
 * stamps a trade when it comes to read it: there `timeMs`, at which the venue was to send it, says the same.
 */
export class StoredTradesObserver {
  readonly #histogram = new LatencyHistogram({ bucketMs: 1, longestMs: 60_000 });
  readonly #beginning: Beginning;
  #fromMs = Infinity;

  constructor(beginning: Beginning = 'receivedAtMs') {
    this.#beginning = beginning;
  }

  /** Trades of before this time are not counted; none is before it was called. */
  countFrom(timeMs: number): void {
    this.#fromMs = timeMs;
  }

  observe(ports: Ports): Ports {
    const { trades } = ports;
    return {
      ...ports,
      trades: {
        insert: async (inserted, options) => {
          const fresh = await trades.insert(inserted, options);
          this.#count(inserted, Date.now());
          return fresh;
        },
        between: async (...given) => trades.between(...given),
        latest: async (...args) => trades.latest(...args),
        spans: async (...args) => trades.spans(...args),
        receivedBy: async (...args) => trades.receivedBy(...args),
      },
    };
  }

  latencies(): Latencies {
    return this.#histogram.summary();
  }

  #count(inserted: readonly Readonly<Record<Beginning, number>>[], nowMs: number): void {
    for (const { [this.#beginning]: begunAtMs } of inserted) {
      if (begunAtMs >= this.#fromMs) this.#histogram.record(nowMs - begunAtMs);
    }
  }
}
