/**
 * `npm run deploy` against an emulator, with ClickHouse behind TLS and a password. The emulator takes every stack but
 * the collector's, whose network it does not know: there the sequence stops, and says so.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startClickHouse, type ClickHouseServer } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { CREDENTIALS, REGION } from '../../scripts/emulator/deployment.ts';
import { ROOT } from '../../scripts/emulator/folders.ts';
import { clientOptions } from '../../shared/adapters/aws/client-options.ts';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import { pendingMigrations } from '../../shared/adapters/clickhouse/migrate.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { openAwsStandIn, type AwsStandIn } from '../support/aws-stand-in.ts';
import { openClickHouseFront, type ClickHouseFront } from '../support/clickhouse-front.ts';
import { openEmulator, type EmulatorUnderTest } from './emulator-under-test.ts';

const PASSWORD = 'correct-horse-battery';
const log = createLog(process.stderr, 'error');

let emulator: EmulatorUnderTest;
/** The emulator knows no limits of Kinesis. */
let limits: AwsStandIn;
let server: ClickHouseServer;
let front: ClickHouseFront;

beforeAll(async () => {
  emulator = await openEmulator();
  limits = await openAwsStandIn();
  server = await startClickHouse({ dataDir: join(emulator.folder, 'clickhouse'), log });
  front = await openClickHouseFront({ address: server.address, certificate: makeCertificate() });
  front.allow('millrace', PASSWORD);
}, 120_000);

afterAll(async () => {
  await front.close();
  await server.stop({ fast: true });
  await limits.close();
  await emulator.close();
}, 60_000);

const keyFile = (): string => join(emulator.folder, 'key.pem');
const certificateFile = (): string => join(emulator.folder, 'certificate.pem');

function makeCertificate(): { readonly key: string; readonly cert: string } {
  const { status, stderr } = spawnSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-keyout', keyFile(), '-out', certificateFile()],
      ...['-subj', '/CN=clickhouse', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
  return { key: readFileSync(keyFile(), 'utf8'), cert: readFileSync(certificateFile(), 'utf8') };
}

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly stderr: string;
}

const WHERE = () => [
  ...['--parameters', `ClickHouseUrl=${front.url}`, '--parameters', 'ClickHouseUser=millrace'],
  ...['--parameters', 'TokenIssuer=https://issuer.example.com', '--parameters', 'TokenAudience=millrace'],
  ...['--parameters', 'TokenJwks=https://issuer.example.com/jwks.json'],
];

const deploy = async (...args: readonly string[]): Promise<Ended> =>
  run('scripts/deploy/main.ts', '--stage', 'dev', '--output', assembly(), ...args);
const assembly = (): string => join(emulator.folder, 'cdk.out');

async function run(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, lines: stdout.trimEnd().split('\n'), stderr };
}

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
    HOME: process.env['HOME'],
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ENDPOINT_URL_S3: emulator.endpoint,
    AWS_ENDPOINT_URL_KINESIS: limits.url,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: REGION,
    // No image is built before the collector's stack, which does not come that far.
    CDK_DOCKER: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    NODE_EXTRA_CA_CERTS: certificateFile(),
  };
}

const client = () => ({
  ...clientOptions({ endpoint: emulator.endpoint }),
  region: REGION,
  credentials: CREDENTIALS,
});

async function stacks(): Promise<string[]> {
  const { Stacks = [] } = await new CloudFormationClient(client()).send(new DescribeStacksCommand());
  return Stacks.flatMap(({ StackName = '' }) =>
    StackName.startsWith('millrace-') ? [StackName] : [],
  ).sort();
}

async function pending(): Promise<number> {
  const clickHouse = createClickHouse(server.address);
  try {
    return (await pendingMigrations(clickHouse)).length;
  } finally {
    await clickHouse.close();
  }
}

async function setSecret(text: string, line: string): Promise<void> {
  const [, id] = /--secret-id (\S+)/.exec(line)!;
  await new SecretsManagerClient(client()).send(
    new PutSecretValueCommand({ SecretId: id, SecretString: text }),
  );
}

const stoppedAt = (lines: readonly string[]): string =>
  lines.find((line) => /^(FAILED|STOPPED)/.test(line)) ?? '';

/** Fourteen stacks, on a machine that may be busy with other things. */
const TWO_DEPLOYMENTS_MS = 400_000;

describe('a stage deployed to an empty account', () => {
  it('is looked at, and what is missing is told', async () => {
    const { code, lines, stderr } = await deploy('--check');
    expect(code).toBe(1);
    expect(lines).toContainEqual(
      expect.stringMatching(/^FAILED {2}bootstrap: .*npx cdk bootstrap aws:\/\/\d+\//),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^FAILED {2}parameters: .* asks for ClickHouseUrl/));
    expect(stderr).toMatch(/^a deployment would stop at bootstrap, parameters; nothing was changed$/m);
    expect(await stacks()).toEqual([]);

    const [, account] = /(aws:\/\/\S+)/.exec(lines.find((line) => line.includes('bootstrap:'))!)!;
    const cdk = join('node_modules', 'aws-cdk', 'bin', 'cdk');
    expect(await run(cdk, 'bootstrap', account!, '--app', assembly())).toMatchObject({ code: 0 });
    expect(await deploy('--check', ...WHERE())).toMatchObject({ code: 0 });
    expect(await stacks()).toEqual([]);
    expect(await pending()).toBeGreaterThan(0);
  });

  it('has what is kept, and nothing else, while the secret is not the password', async () => {
    const made = await deploy(...WHERE());
    expect(made.code).toBe(1);
    expect(stoppedAt(made.lines)).toContain(`secret: ClickHouse at ${front.url} refuses millrace`);
    expect(made.stderr).toMatch(
      /^stopped at secret: .* npm run deploy -- --stage dev .*ClickHouseUser=millrace/m,
    );

    await setSecret('changeme', stoppedAt(made.lines));
    const again = await deploy(...WHERE());
    expect(stoppedAt(again.lines)).toMatch(/^FAILED {2}secret: the secret holds a placeholder/);
    expect(await stacks()).toEqual(['millrace-dev-stateful']);
    expect(await pending()).toBeGreaterThan(0);
    await setSecret(PASSWORD, stoppedAt(again.lines));
  });

  it(
    'goes on to the collector once it is, remembering what it was told, and again',
    async () => {
      for (const migrated of ['made create-trades, ', 'nothing to do']) {
        // The stacks that are up keep what they were told; the API's is not among them at first.
        const given = migrated === 'nothing to do' ? [] : WHERE().slice(4);
        const { code, lines, stderr } = await deploy(...given);
        expect(code).toBe(1);
        expect(lines).toContainEqual(expect.stringContaining(`ok      migrate: ${migrated}`));
        const up = lines.filter((line) => / is up$/.test(line)).map((line) => line.split(' ').at(-3));
        expect(up).toHaveLength(7);
        expect(up[0]).toBe('millrace-dev-stateful');
        expect(await stacks()).toEqual(up.toSorted());
        expect(await pending()).toBe(0);
        expect(stoppedAt(lines)).toMatch(/^FAILED {2}collector: .*AWS::EC2::FlowLog/);
        expect(lines.join('\n') + stderr).not.toContain(PASSWORD);
      }
    },
    TWO_DEPLOYMENTS_MS,
  );
});
