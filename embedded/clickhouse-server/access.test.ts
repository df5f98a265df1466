/** The embedded ClickHouse as others on this machine see it, and what its own user may not do. */
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClickHouse, secretHeaders } from '../../shared/adapters/clickhouse/client.ts';
import { migrate } from '../../shared/adapters/clickhouse/migrate.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { startClickHouse, type ClickHouseServer } from './start-clickhouse.ts';

const START_TIMEOUT_MS = 30_000;
/** A name with what XML has a meaning for. */
const dataDir = join(temporaryFolder(), 'a & <b>');
const marker = join(temporaryFolder(), 'private.txt');
writeFileSync(marker, 'only-for-this-user', { mode: 0o600 });

let server: ClickHouseServer;
beforeAll(async () => void (server = await startMigrated()), START_TIMEOUT_MS);
afterAll(async () => server.stop({ fast: true }));

async function startMigrated(): Promise<ClickHouseServer> {
  const started = await startClickHouse({ dataDir, log: createLog({ write: () => undefined }, 'error') });
  const client = createClickHouse(started.address);
  await migrate(client);
  await client.close();
  return started;
}

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** With `http`, which sends any Host and Origin, as a browser's page or another process could have them. */
async function ask({ method = 'POST', path = '/', headers = {}, body = '' }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.once('error', reject).end(body);
  });
}

const DROP = 'DROP TABLE millrace.trades';
const QUESTION = `/?query=${encodeURIComponent('SELECT 40 + 2, currentUser()')}`;
const fromPage = { host: 'attacker.example', origin: 'https://attacker.example' };
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

const STRANGERS: readonly (readonly [string, Asked])[] = [
  ['a plain POST from a page', { headers: { ...fromPage, 'content-type': 'text/plain' }, body: DROP }],
  [
    'a form from a page',
    { headers: { ...fromPage, 'content-type': 'application/x-www-form-urlencoded' }, body: DROP },
  ],
  [
    'a POST that calls itself local',
    { headers: { host: 'localhost', origin: 'http://localhost' }, body: DROP },
  ],
  ['a GET with a query', { method: 'GET', path: QUESTION, headers: fromPage }],
  [
    'a preflight',
    {
      method: 'OPTIONS',
      headers: {
        ...fromPage,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-clickhouse-user,x-clickhouse-key',
      },
    },
  ],
  ...[
    '/ping',
    '/play',
    '/dashboard',
    '/metrics',
    '/replicas_status',
    '/binary',
    '/merges',
    '/js/uplot.js',
    '/api/v1/query?query=1',
    '/%2e%2e/ping',
  ].map((path): [string, Asked] => [`GET ${path}`, { method: 'GET', path, headers: fromPage }]),
  [
    'the default user by header',
    { headers: { 'x-clickhouse-user': 'default', 'x-clickhouse-key': '' }, body: DROP },
  ],
  ['the default user by parameter', { path: '/?user=default&password=', body: DROP }],
  ['the default user by basic authentication', { headers: { authorization: basic('default:') }, body: DROP }],
  ['the platform’s user without the secret', { headers: { 'x-clickhouse-user': 'millrace' }, body: DROP }],
  [
    'the platform’s user with another secret',
    { headers: { 'x-clickhouse-user': 'millrace', 'x-clickhouse-key': '0'.repeat(64) }, body: DROP },
  ],
];

/** Whoever has the secret is the platform’s user and nobody else. */
const OTHERWISE: readonly (readonly [string, (own: Record<string, string>) => Asked])[] = [
  ['by a parameter', (own) => ({ path: '/?user=default', headers: own, body: DROP })],
  [
    'by basic authentication',
    (own) => ({ headers: { ...own, authorization: basic('default:') }, body: DROP }),
  ],
  [
    'by a second header',
    (own) => ({ headers: { ...own, 'x-clickhouse-user': ['default', 'millrace'] }, body: DROP }),
  ],
  [
    'by the secret in a parameter',
    ({ 'x-clickhouse-key': key }) => ({ path: `/?user=millrace&password=${key}`, body: DROP }),
  ],
  [
    'by the secret in basic authentication',
    ({ 'x-clickhouse-key': key }) => ({ headers: { authorization: basic(`millrace:${key}`) }, body: DROP }),
  ],
];

/** Whoever charts the tables. */
async function reader(body: string, headers: Record<string, string> = {}): Promise<Answer> {
  const secret = readFileSync(join(dataDir, 'reader-secret'), 'utf8').trim();
  return ask({ headers: { authorization: basic(`reader:${secret}`), ...headers }, body });
}

async function expectTradesThere(): Promise<void> {
  const answer = await own('SELECT count() FROM millrace.trades');
  expect(answer).toMatchObject({ status: 200, text: '0\n' });
}

async function own(body: string): Promise<Answer> {
  return ask({ headers: secretHeaders(server.address), body });
}

describe('a stranger on this machine', () => {
  it.each(STRANGERS)('is refused: %s', async (_, asked) => {
    const answer = await ask(asked);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toMatch(/^(Ok\.|42)|<html|millrace\.|version/i);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    await expectTradesThere();
  });

  it.each(OTHERWISE)('cannot be the default user %s', async (_, asked) => {
    const answer = await ask(asked(secretHeaders(server.address)));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    await expectTradesThere();
  });

  it('finds no other port of the server open', () => {
    if (process.platform !== 'linux') return;
    expect(listeningPorts(server.pid)).toEqual([Number(new URL(server.url).port)]);
  });

  it('cannot read the secret, nor any file that has it', () => {
    for (const file of ['secret', 'reader-secret', 'config.xml', 'users.xml'])
      expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dataDir, 'secret'), 'utf8').trim()).toBe(server.address.secret);
    if (process.platform !== 'linux') return;
    for (const file of ['cmdline', 'environ'])
      expect(readFileSync(`/proc/${server.pid}/${file}`, 'utf8')).not.toContain(server.address.secret);
  });
});

/** Each with what it would take from outside the platform's own tables. */
const FORBIDDEN: readonly string[] = [
  "SELECT * FROM file('{file}', 'LineAsString')",
  "INSERT INTO FUNCTION file('{file}.new', 'LineAsString', 'l String') VALUES ('x')",
  "SELECT * FROM fileCluster('default', '{file}', 'LineAsString')",
  "SELECT * FROM url('{url}', 'LineAsString')",
  "SELECT * FROM urlCluster('default', '{url}', 'LineAsString')",
  "INSERT INTO FUNCTION url('{url}', 'LineAsString', 'l String') VALUES ('x')",
  "SELECT * FROM s3('{url}/bucket/key', 'LineAsString')",
  "SELECT * FROM gcs('{url}/bucket/key', 'LineAsString')",
  "SELECT * FROM azureBlobStorage('{url}/a', 'container', 'x', 'a', 'YQ==', 'LineAsString', 'auto', 'l String')",
  "SELECT * FROM iceberg('{url}/bucket/key')",
  "SELECT * FROM deltaLake('{url}/bucket/key')",
  "SELECT * FROM remote('{host}', system.one)",
  "SELECT * FROM remoteSecure('{host}', system.one)",
  "SELECT * FROM cluster('default', system.users)",
  "SELECT * FROM executable('x.sh', 'LineAsString', 'l String')",
  "SELECT * FROM mysql('{host}', 'd', 't', 'u', 'p')",
  "SELECT * FROM postgresql('{host}', 'd', 't', 'u', 'p')",
  "SELECT * FROM sqlite('{file}', 't')",
  "SELECT * FROM odbc('DSN=x', 'd', 't')",
  "SELECT * FROM jdbc('jdbc:x', 'd', 't')",
  "SELECT * FROM hdfs('hdfs://{host}/x', 'TSV', 'l String')",
  "SELECT * FROM mongodb('{host}', 'd', 'c', 'u', 'p', 'l String')",
  "SELECT * FROM redis('{host}', 'k', 'k String, v String')",
  "SELECT * FROM python('x')",
  "SELECT * FROM input('l String')",
  "DESCRIBE file('{file}', 'CSV')",
  ...[
    "File(LineAsString, '{file}')",
    "URL('{url}', LineAsString)",
    "S3('{url}/bucket/key', LineAsString)",
    "MySQL('{host}', 'd', 't', 'u', 'p')",
    "PostgreSQL('{host}', 'd', 't', 'u', 'p')",
    "SQLite('{file}', 't')",
    "MongoDB('{host}', 'd', 'c', 'u', 'p')",
    "Redis('{host}')",
    "Executable('x.sh', LineAsString)",
    "Distributed('default', 'system', 'one')",
    "Kafka('{host}', 't', 'g', 'TSV')",
    "FileLog('{file}', LineAsString)",
    'Memory',
    'EmbeddedRocksDB PRIMARY KEY l',
    'Log',
  ].map((engine) => `CREATE TABLE millrace.taken (l String) ENGINE = ${engine}`),
  ...[
    "Filesystem('/')",
    "S3('{url}')",
    "MySQL('{host}', 'd', 'u', 'p')",
    "PostgreSQL('{host}', 'd', 'u', 'p')",
    "SQLite('{file}')",
  ].map((engine) => `CREATE DATABASE taken ENGINE = ${engine}`),
  'CREATE DATABASE taken',
  'CREATE TABLE taken (l String) ENGINE = MergeTree ORDER BY l',
  'CREATE TEMPORARY TABLE taken (l String)',
  "CREATE TABLE millrace.taken (l String) ENGINE = MergeTree ORDER BY l SETTINGS disk = disk(type = local, path = '{file}.disk/')",
  "CREATE TABLE millrace.taken (l String) ENGINE = MergeTree ORDER BY l SETTINGS disk = disk(type = web, endpoint = '{url}/')",
  "CREATE VIEW millrace.taken AS SELECT * FROM file('{file}', 'LineAsString', 'l String')",
  'CREATE VIEW millrace.taken DEFINER = default SQL SECURITY DEFINER AS SELECT 1',
  'CREATE VIEW millrace.taken SQL SECURITY NONE AS SELECT 1',
  ...[
    "HTTP(URL '{url}' FORMAT 'TSV')",
    "FILE(PATH '{file}' FORMAT 'TSV')",
    "EXECUTABLE(COMMAND 'x' FORMAT 'TSV')",
    "CLICKHOUSE(USER 'default' TABLE 'users' DB 'system')",
  ].map(
    (source) =>
      `CREATE DICTIONARY millrace.taken (id UInt64, v String) PRIMARY KEY id SOURCE(${source}) LAYOUT(FLAT()) LIFETIME(0)`,
  ),
  'CREATE FUNCTION taken AS (x) -> x',
  'CREATE NAMED COLLECTION taken AS a = 1',
  'CREATE USER taken',
  'CREATE ROLE taken',
  "ALTER USER default IDENTIFIED BY 'x'",
  'DROP USER millrace',
  'GRANT ALL ON *.* TO millrace',
  'EXECUTE AS default SELECT 1',
  ...[
    'SHUTDOWN',
    'KILL',
    'RELOAD CONFIG',
    'START LISTEN TCP',
    'STOP LISTEN HTTP',
    'STOP MERGES millrace.trades',
    'FLUSH LOGS',
    'DROP MARK CACHE',
  ].map((what) => `SYSTEM ${what}`),
  "BACKUP TABLE millrace.trades TO File('{file}.backup')",
  "RESTORE TABLE millrace.trades AS millrace.taken FROM File('{file}.backup')",
  "SELECT 1 INTO OUTFILE '{file}.out'",
  "INSERT INTO millrace.trades FROM INFILE '{file}' FORMAT CSV",
  'SELECT * FROM system.users',
  'SELECT * FROM system.grants',
  'SELECT * FROM system.processes',
  'SELECT * FROM system.query_log',
  'SELECT * FROM system.settings_profile_elements',
  'KILL QUERY WHERE 1 SYNC',
  "SELECT 1 FORMAT Template SETTINGS format_template_row = '{file}'",
  "SELECT 1 FORMAT Template SETTINGS format_template_resultset = '{file}'",
  "SELECT 1 FORMAT Protobuf SETTINGS format_schema = '{file}:M'",
  "SELECT 1 FORMAT CapnProto SETTINGS output_format_schema = '{file}.schema'",
  "SELECT 1 SETTINGS format_avro_schema_registry_url = '{url}'",
];

describe('the platform’s own user', () => {
  let elsewhere: Server;
  let connections = 0;
  beforeAll(async () => {
    elsewhere = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void elsewhere.close());

  const concrete = (statement: string): string => {
    const { port } = elsewhere.address() as AddressInfo;
    return statement
      .replaceAll('{file}', marker)
      .replaceAll('{url}', `http://127.0.0.1:${port}`)
      .replaceAll('{host}', `127.0.0.1:${port}`);
  };

  const expectNothingTaken = async (): Promise<void> => {
    expect(connections).toBe(0);
    expect(readdirSync(join(marker, '..'))).toEqual(['private.txt']);
    expect((await own("SELECT count() FROM system.tables WHERE name = 'taken'")).text).toBe('0\n');
    await expectTradesThere();
  };

  it.each(FORBIDDEN)('cannot %s', async (statement) => {
    const answer = await own(concrete(statement));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toContain('only-for-this-user');
    await expectNothingTaken();
  });

  // Neither has a grant: here it is the kernel that refuses.
  const underLandlock = process.platform === 'linux' && hasLandlock() ? it : it.skip;
  underLandlock.each([
    "SELECT file('{file}')",
    "SELECT file('/proc/1/environ')",
    "CREATE TABLE millrace.taken (l String) ENGINE = MergeTree ORDER BY l SETTINGS disk = disk(type = object_storage, object_storage_type = local, metadata_type = local, path = '{file}.disk/')",
    "CREATE TABLE millrace.taken (l String) ENGINE = MergeTree ORDER BY l SETTINGS disk = disk(type = s3, endpoint = '{url}/bucket/key/', access_key_id = 'a', secret_access_key = 'b')",
  ])('cannot, by the kernel, %s', async (statement) => {
    const answer = await own(concrete(statement));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toContain('only-for-this-user');
    await expectNothingTaken();
  });
});

describe('the reader of the tables', () => {
  it('reads the platform’s tables', async () => {
    expect(await reader('SELECT count() FROM millrace.trades')).toMatchObject({ status: 200, text: '0\n' });
    expect((await reader('SELECT currentUser()')).text).toBe('reader\n');
  });

  it.each([
    ...FORBIDDEN,
    DROP,
    'INSERT INTO millrace.schema_migrations (step) VALUES (7)',
    'ALTER TABLE millrace.trades DELETE WHERE 1',
    'TRUNCATE TABLE millrace.trades',
    'OPTIMIZE TABLE millrace.trades',
    'CREATE TABLE millrace.taken (l String) ENGINE = MergeTree ORDER BY l',
    'DROP DATABASE millrace',
    'SELECT * FROM system.parts',
    'SELECT count() FROM numbers(10) SETTINGS max_memory_usage = 10000000000',
    'SELECT count() FROM numbers(10) SETTINGS max_execution_time = 3600',
  ])('cannot %s', async (statement) => {
    const text = statement
      .replaceAll('{file}', marker)
      .replaceAll('{url}', 'http://127.0.0.1:9')
      .replaceAll('{host}', '127.0.0.1:9');
    const answer = await reader(text);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toContain('only-for-this-user');
    expect((await own("SELECT count() FROM system.tables WHERE name = 'taken'")).text).toBe('0\n');
    await expectTradesThere();
  });

  it('cannot be anybody else, and nobody is it by its name alone', async () => {
    expect((await reader('SELECT 1', { 'x-clickhouse-user': 'default' })).status).toBeGreaterThanOrEqual(400);
    for (const authorization of ['reader:', `reader:${'0'.repeat(64)}`, `reader:${server.address.secret}`])
      expect((await ask({ headers: { authorization: basic(authorization) }, body: 'SELECT 1' })).status).toBe(
        404,
      );
  });
});

describe('a server that is started again', () => {
  it(
    'answers to the same secret, and to nobody else',
    async () => {
      const before = server.address;
      const files = ['secret', 'config.xml', 'users.xml'].map((file) => join(dataDir, file));
      const written = files.map((file) => statSync(file).ino);
      await server.stop({ fast: true });
      chmodSync(join(dataDir, 'secret'), 0o644);
      server = await startMigrated();
      expect(server.address.secret).toBe(before.secret);
      // A disk may be full when it is started again: what is there already is not written.
      expect(files.map((file) => statSync(file).ino)).toEqual(written);
      expect(statSync(join(dataDir, 'secret')).mode & 0o777).toBe(0o600);
      for (const [, asked] of STRANGERS) expect((await ask(asked)).status).toBeGreaterThanOrEqual(400);
      await expectTradesThere();
      // Charts of its tables go on as well.
      expect(server.url).toBe(before.url);
      expect((await reader('SELECT 1')).text).toBe('1\n');
    },
    START_TIMEOUT_MS,
  );

  it(
    'makes another secret when the old one is gone or is none',
    async () => {
      const before = server.address;
      await server.stop({ fast: true });
      writeFileSync(join(dataDir, 'secret'), '\n');
      server = await startMigrated();
      expect(server.address.secret).toMatch(/^[0-9a-f]{64}$/);
      const answer = await ask({ headers: secretHeaders(before), body: 'SELECT 1' });
      expect(answer.status).toBe(404);
    },
    START_TIMEOUT_MS,
  );

  it(
    'goes on with the tables of a folder that had no secret yet',
    async () => {
      await own(
        "INSERT INTO millrace.schema_migrations (step, version, name, direction) VALUES (1000, 0, 'kept', 'down')",
      );
      await server.stop({ fast: true });
      for (const file of ['secret', 'config.xml', 'users.xml']) rmSync(join(dataDir, file));
      server = await startMigrated();
      const kept = await own('SELECT name FROM millrace.schema_migrations WHERE step = 1000');
      expect(kept.text).toBe('kept\n');
    },
    START_TIMEOUT_MS,
  );
});

function hasLandlock(): boolean {
  const list = '/sys/kernel/security/lsm';
  return !existsSync(list) || readFileSync(list, 'utf8').includes('landlock');
}

/** From the kernel's tables: the ports on which a socket of the process waits for connections. */
function listeningPorts(pid: number): number[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const target = linkOf(`/proc/${pid}/fd/${fd}`);
      return target === null ? [] : [target];
    }),
  );
  const rows = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8').trim().split('\n').slice(1),
  );
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns[3] === '0A' && inodes.has(`socket:[${columns[9]}]`))
    .map((columns) => parseInt(columns[1]!.split(':')[1]!, 16));
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    // Closed since it was listed.
    return null;
  }
}
