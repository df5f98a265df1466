import { figureOf, type Bench, type Figure } from '../figure.ts';
import { beside } from '../measuring/beside.ts';
import { answerOf, untilAnswered, type Question } from '../processes/answer-of.ts';
import { StartedPlatform } from '../processes/started-platform.ts';
import { StartedProgram } from '../processes/started-program.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import type { BareServerProgram } from '../programs/bare-server.ts';
import type { HttpLoadProgram } from '../programs/http-load.ts';

type HttpLoadResult = HttpLoadProgram['message'];

const RUNS = 3;
const SECONDS = 5;
const CONNECTIONS = 16;
const ROUTES = { prices: '/v1/prices/BTC-USDT', status: '/v1/status' } as const;

/** Requests a second and their 95th percentile on the running platform, beside a server that only has the answer. */
export async function rest(bench: Bench): Promise<readonly Figure[]> {
  const platform = new StartedPlatform(temporaryFolder(bench.resources), 0, bench.resources);
  const { url, token } = await platform.dashboard();
  const headers = { authorization: `Bearer ${token}` };
  // There is a price when the first candle has closed.
  await untilAnswered({ url: `${url}${ROUTES.prices}`, headers });
  const figures: Figure[] = [];
  for (const [name, path] of Object.entries(ROUTES)) {
    figures.push(...(await measureRoute(bench, name, { url: `${url}${path}`, headers })));
  }
  await platform.end();
  return figures;
}

async function measureRoute(
  bench: Bench,
  name: string,
  question: Required<Omit<Question, 'agent'>>,
): Promise<Figure[]> {
  const { body } = await answerOf(question);
  const bareRequest: BareServerProgram['request'] = { port: 0, body };
  const bare = new StartedProgram<BareServerProgram>('bare-server', bareRequest, bench.resources);
  const { url: bareUrl } = await bare.next('listening');
  const { runs, referenceRuns } = await beside(
    bench.runs ?? RUNS,
    async () => load(bench, question),
    async () => load(bench, { ...question, url: bareUrl }),
  );
  await bare.end();
  const common = {
    reference: 'a bare node:http server that answers the same body',
    note: `GET ${new URL(question.url).pathname}, ${CONNECTIONS} connections kept open`,
  };
  const requests = (results: readonly HttpLoadResult[]): number[] =>
    results.map((run) => run.requestsPerSecond);
  const p95s = (results: readonly HttpLoadResult[]): number[] => results.map((run) => run.latencies.p95Ms);
  return [
    figureOf({
      ...common,
      figure: `rest.${name}.requests`,
      unit: 'requests/s',
      runs: requests(runs),
      referenceRuns: requests(referenceRuns),
    }),
    figureOf({
      ...common,
      figure: `rest.${name}.p95`,
      unit: 'ms',
      runs: p95s(runs),
      referenceRuns: p95s(referenceRuns),
    }),
  ];
}

async function load(
  bench: Bench,
  { url, headers }: Required<Omit<Question, 'agent'>>,
): Promise<HttpLoadResult> {
  const request: HttpLoadProgram['request'] = {
    url,
    headers,
    connections: CONNECTIONS,
    seconds: bench.seconds ?? SECONDS,
  };
  const program = new StartedProgram<HttpLoadProgram>('http-load', request, bench.resources);
  const done = await program.next('done');
  await program.end();
  bench.tell(`${url}: ${Math.round(done.requestsPerSecond)} requests/s`);
  return done;
}
