/** Asks one address over and over on some connections that are kept open: as many requests in flight as there are. */
import { Agent } from 'node:http';
import { LatencyHistogram, type Latencies } from '../measuring/latency-histogram.ts';
import { answerOf } from '../processes/answer-of.ts';
import { runProgram } from '../processes/program.ts';

export interface HttpLoadProgram {
  readonly request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly connections: number;
    readonly seconds: number;
  };
  readonly message: {
    readonly kind: 'done';
    readonly requestsPerSecond: number;
    readonly latencies: Latencies;
  };
}

const WARM_UP_MS = 1000;
const RESOLUTION = { bucketMs: 0.05, longestMs: 10_000 };

await runProgram<HttpLoadProgram>(async ({ url, headers, connections, seconds }, { report, signal }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const histogram = new LatencyHistogram(RESOLUTION);
  const countFromMs = performance.now() + WARM_UP_MS;
  const untilMs = countFromMs + seconds * 1000;
  const ask = async (): Promise<void> => {
    for (;;) {
      const askedAtMs = performance.now();
      if (askedAtMs >= untilMs || signal.aborted) return;
      const { status, body } = await answerOf({ url, headers, agent });
      if (status !== 200) throw new Error(`${url}: expected 200, got ${status} ${body.slice(0, 200)}`);
      if (askedAtMs >= countFromMs) histogram.record(performance.now() - askedAtMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, ask));
  agent.destroy();
  const latencies = histogram.summary();
  report({ kind: 'done', requestsPerSecond: latencies.count / seconds, latencies });
});
