import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startClickHouse, type ClickHouseServer } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { log } from '../../shared/runtime/log.ts';
import { openClickHouseFront, type ClickHouseFront } from '../../test/support/clickhouse-front.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { migrateSchema, pendingOf, readLogin, tryLogin } from './clickhouse.ts';

const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:ClickHouse';
const HOW = `aws secretsmanager put-secret-value --secret-id ${ARN} --secret-string file://password.txt`;
const accountWith = (secret: string | null, url = 'https://clickhouse.example') => ({
  published: async () =>
    new Map([
      ['clickhouse/url', url],
      ['clickhouse/user', 'millrace'],
      ['clickhouse/secret-arn', ARN],
    ]),
  secret: async () => secret,
});

describe('the secret', () => {
  it.each([
    ['has no value', null],
    ['is empty', ' \n'],
    ['holds a placeholder', 'changeme'],
    ['holds a placeholder', '<password>'],
    ['holds a placeholder', 'TODO'],
    ['begins or ends with white space', 'pAssw0rd-of-millrace\n'],
  ])('that %s is refused, with the command that sets it: %j', async (flaw, secret) => {
    await expect(readLogin(accountWith(secret))).rejects.toThrow(`the secret ${flaw}`);
    await expect(readLogin(accountWith(secret))).rejects.toThrow(HOW);
  });

  it('is not asked for while no stack has said where it is', async () => {
    const published = async () => new Map<string, string>();
    expect(await readLogin({ ...accountWith('x'), published })).toBeNull();
  });
});

describe('the login', () => {
  let server: ClickHouseServer;
  let front: ClickHouseFront;
  beforeAll(async () => {
    server = await startClickHouse({ dataDir: temporaryFolder(), log });
    front = await openClickHouseFront({ address: server.address });
  }, 30_000);
  afterEach(() => front.allow('millrace', 'correct horse'));
  afterAll(async () => {
    await front.close();
    await server.stop({ fast: true });
  });
  const login = async (password: string) => (await readLogin(accountWith(password, front.url)))!;

  it('that ClickHouse refuses is told with both ways to mend it, and without the password', async () => {
    const trying = login('wrong-battery').then(tryLogin);
    await expect(trying).rejects.toThrow(`${front.url} refuses millrace with the password in the secret`);
    await expect(trying).rejects.toThrow(HOW);
    await expect(trying).rejects.not.toThrow('wrong-battery');
  });

  it('that works migrates what is pending, which looking has not touched', async () => {
    const working = await login('correct horse');
    await tryLogin(working);
    const pending = await pendingOf(working, 'dev');
    expect(pending[0]).toBe('create-trades');
    expect(pending.slice(-3)).toEqual(['retention-of-quotes', 'retention-of-books', 'retention-of-quality']);
    expect(await pendingOf(working, 'dev')).toEqual(pending);
    expect(await migrateSchema(working, 'dev')).toEqual(pending);
    expect(await pendingOf(working, 'dev')).toEqual([]);
    expect(await migrateSchema(working, 'dev')).toEqual([]);
  });

  it('to a server that does not answer says where', async () => {
    const nobody = accountWith('correct horse', 'http://127.0.0.1:1');
    await expect(readLogin(nobody).then((one) => tryLogin(one!))).rejects.toThrow(
      'ClickHouse at http://127.0.0.1:1:',
    );
  });
});
