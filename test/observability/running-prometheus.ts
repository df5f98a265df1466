import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const CONFIGURATION = join(import.meta.dirname, '../../observability/prometheus.yml');

/** Debian's package `prometheus` has both. */
export function isPrometheusInstalled(): boolean {
  return ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);
}

/** What promtool says of a configuration or of a text of metrics; null: nothing is wrong. */
export function promtool(args: readonly string[], input = ''): string | null {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return status === 0 ? null : `${stdout}${stderr}`;
}

interface QueryAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly { readonly metric: Record<string, string> }[] };
}

export interface RunningPrometheus {
  /** Asks as Grafana does: over a range, with the macros replaced. */
  queryRange(expression: string): Promise<QueryAnswer>;
  close(): Promise<void>;
}

/**
 * Prometheus with the configuration that is delivered: only what it scrapes is another port, and how often.
 * @param folder where the token lies, and its data goes
 */
export async function startPrometheus(folder: string, target: string): Promise<RunningPrometheus> {
  const configuration = readFileSync(CONFIGURATION, 'utf8')
    .replace('127.0.0.1:8080', target)
    .replace('scrape_interval: 5s', 'scrape_interval: 1s');
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, configuration);
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  while ((await statusOf(`${url}/-/ready`)) !== 200) {
    if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}`);
    await sleep(50);
  }
  return {
    queryRange: async (expression) => {
      const end = Date.now() / 1000;
      const query = expression.replaceAll('$__rate_interval', '10s');
      const parameters = new URLSearchParams({ query, start: String(end - 60), end: String(end), step: '1' });
      return (await (await fetch(`${url}/api/v1/query_range?${parameters}`)).json()) as QueryAnswer;
    },
    close: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function statusOf(url: string): Promise<number> {
  try {
    return (await fetch(url)).status;
  } catch {
    return 0;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
