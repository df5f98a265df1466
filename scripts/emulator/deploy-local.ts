/** `npm run deploy:local`: the platform's stacks on MiniStack or LocalStack, and where everything is in .emulator/outputs.json. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openTokenIssuer } from '../../embedded/token-issuer.ts';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import { migrate } from '../../shared/adapters/clickhouse/migrate.ts';
import { deployStacks, type DeployOptions } from './deploy.ts';
import { tellOutcome } from './deploy-in-order.ts';
import { readDeployment } from './deployment.ts';
import { inspectEmulator, type EmulatorKind } from './inspect-emulator.ts';
import { EMULATOR_FOLDER } from './folders.ts';
import { OneLineFailure, runScript } from './one-line-failure.ts';
import { readRunning } from './running.ts';

const USAGE = 'npm run deploy:local [-- --endpoint http://127.0.0.1:4566 --clickhouse http://127.0.0.1:8123]';
const TOKEN_SECONDS = 86_400;

await runScript(async (signal) => {
  const { endpoint, clickHouse } = readOptions();
  const emulator = await inspectEmulator(endpoint);
  await bringSchemaUpToDate(clickHouse);
  mkdirSync(EMULATOR_FOLDER, { recursive: true });
  const issuer = await openTokenIssuer(EMULATOR_FOLDER);
  tellLeftOut(emulator);
  const outcomes = await deployStacks({
    endpoint,
    // LocalStack's functions run in containers of the compose network, where ClickHouse has a name.
    clickHouse: emulator.kind === 'localstack' ? { url: 'http://clickhouse:8123' } : clickHouse,
    issuer: { issuer: issuer.issuer, audiences: issuer.audiences, keys: await issuer.keys() },
    webSocket: emulator.webSocket,
    dashboard: emulator.dashboard,
    outputFolder: join(EMULATOR_FOLDER, 'cdk.out'),
    onOutput: (text) => process.stderr.write(text),
    signal,
  });
  const deployment = await readDeployment(endpoint);
  writeFileSync(join(EMULATOR_FOLDER, 'outputs.json'), `${JSON.stringify(deployment, null, 2)}\n`);
  const token = await issuer.mint({ subject: 'owner', role: 'operator', ttlSeconds: TOKEN_SECONDS });
  tell('');
  tell(`REST:      ${deployment.restUrl ?? 'not deployed'}`);
  tell(`WebSocket: ${deployment.socketUrl ?? 'not deployed: this emulator has no WebSocket API'}`);
  tell(`token for a day: ${token}`);
  tell('names of everything: .emulator/outputs.json');
  tell('');
  for (const outcome of outcomes) tell(tellOutcome(outcome));
  tellLeftOut(emulator);
  const wrong = outcomes.filter(({ kind }) => kind !== 'up').length;
  if (wrong > 0) throw new OneLineFailure(`${wrong} of ${outcomes.length} stacks are not up`);
});

/** Before the stacks and behind them: nobody reads what stands between. */
function tellLeftOut({ webSocket, dashboard, asksAuthorizers }: EmulatorKind): void {
  if (!webSocket) tell('left out: millrace-localstack-realtime: this emulator has no WebSocket API');
  if (!dashboard) tell('left out: millrace-localstack-observability: this emulator has no dashboards');
  if (!asksAuthorizers)
    tell(
      'not guarded: this emulator keeps the authorizer and never asks it, so every route answers without a token',
    );
}

function readOptions(): Pick<DeployOptions, 'endpoint' | 'clickHouse'> {
  const running = readRunning();
  const { values } = parse();
  const endpoint =
    values.endpoint ?? process.env['AWS_ENDPOINT_URL'] ?? running?.endpoint ?? 'http://127.0.0.1:4566';
  const own = running?.endpoint === endpoint ? running.clickHouse : undefined;
  const url = values.clickhouse ?? own?.url ?? 'http://127.0.0.1:8123';
  for (const [option, value] of [
    ['--endpoint', endpoint],
    ['--clickhouse', url],
  ] as const) {
    if (!URL.canParse(value))
      throw new OneLineFailure(`${option}: expected an address such as http://127.0.0.1:4566, got ${value}`);
  }
  return { endpoint: endpoint.replace(/\/$/, ''), clickHouse: own?.url === url ? own : { url } };
}

function parse() {
  try {
    return parseArgs({ options: { endpoint: { type: 'string' }, clickhouse: { type: 'string' } } });
  } catch (error) {
    throw new OneLineFailure(`${(error as Error).message}\nusage: ${USAGE}`);
  }
}

async function bringSchemaUpToDate({ url, user, secretFile }: DeployOptions['clickHouse']): Promise<void> {
  const client = createClickHouse(
    user === undefined || secretFile === undefined
      ? { url }
      : { url, username: user, secret: readFileSync(secretFile, 'utf8').trim() },
  );
  try {
    await migrate(client);
  } catch (error) {
    throw new OneLineFailure(`ClickHouse at ${url}: ${(error as Error).message}`, { cause: error });
  } finally {
    await client.close();
  }
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
