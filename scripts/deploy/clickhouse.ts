/** The ClickHouse that a stage writes to, as its stateful stack says where it is and its secret who may. */
import { ClickHouseError, type ClickHouseClient } from '@clickhouse/client';
import { parameterNames } from '../../lib/constructs/parameter-names.ts';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import {
  migrate,
  MigrationRefused,
  pendingMigrations,
  type MigrationStep,
} from '../../shared/adapters/clickhouse/migrate.ts';
import { applyRetention, pendingRetention } from '../../shared/adapters/clickhouse/retention.ts';
import { RETENTION, type RetentionName } from '../../shared/contracts/retention.ts';
import { OneLineFailure } from '../emulator/one-line-failure.ts';
import type { Account } from './account.ts';

export interface ClickHouseLogin {
  readonly url: string;
  readonly user: string;
  readonly secretArn: string;
  readonly password: string;
}

/** ClickHouse's own error code. */
const AUTHENTICATION_FAILED = '516';
/** What people write where a password is to come. */
const PLACEHOLDER =
  /^(<.*>|\*+|\.+|…|x+|to-?do|tbd|change-?me|replace-?me|placeholder|password|secret|dummy)$/i;
/** Of a service that sleeps when nobody asks it, as ClickHouse Cloud's do. */
const ANSWER_TIMEOUT_MS = 30_000;
const MIGRATION_TIMEOUT_MS = 300_000;

/** @returns null while the stateful stack has not said where it is. @throws OneLineFailure when the secret is no password. */
export async function readLogin(
  account: Pick<Account, 'published' | 'secret'>,
): Promise<ClickHouseLogin | null> {
  const published = await account.published();
  const url = published.get(parameterNames.clickHouseUrl);
  const secretArn = published.get(parameterNames.clickHouseSecretArn);
  if (url === undefined || secretArn === undefined) return null;
  const user = published.get(parameterNames.clickHouseUser) ?? 'default';
  const password = await account.secret(secretArn);
  if (password !== null && flawOf(password) === null) return { url, user, secretArn, password };
  const flaw = password === null ? 'has no value' : flawOf(password);
  throw new OneLineFailure(
    `the secret ${flaw}: expected the password of ${user} at ${url}; ${howToSet(secretArn)}`,
  );
}

/** @throws OneLineFailure when ClickHouse does not answer, or not to this login. */
export async function tryLogin(login: ClickHouseLogin): Promise<void> {
  await withClient(login, ANSWER_TIMEOUT_MS, async (client) => {
    await client.command({ query: 'SELECT 1' });
  });
}

/** @returns the names of what is still to be made and changed. @throws OneLineFailure */
export async function pendingOf(login: ClickHouseLogin, stage: RetentionName): Promise<readonly string[]> {
  return withClient(login, ANSWER_TIMEOUT_MS, async (client) => {
    const migrations = await pendingMigrations(client);
    return namesOf(migrations, await pendingRetention(client, RETENTION[stage].rows));
  });
}

/**
 * And has the tables keep their rows for as long as the stage says.
 * @returns the names of the migrations that it made, and of what it changed beside. @throws OneLineFailure
 */
export async function migrateSchema(
  login: ClickHouseLogin,
  stage: RetentionName,
): Promise<readonly string[]> {
  return withClient(login, MIGRATION_TIMEOUT_MS, async (client) => {
    const made = await migrate(client);
    const kept = await applyRetention(client, RETENTION[stage].rows);
    return namesOf(made, kept);
  });
}

function namesOf(steps: readonly MigrationStep[], tables: readonly string[]): readonly string[] {
  return [...steps.map(({ name }) => name), ...tables.map((table) => `retention-of-${table}`)];
}

function flawOf(password: string): string | null {
  if (password.trim() === '') return 'is empty';
  if (PLACEHOLDER.test(password.trim())) return 'holds a placeholder';
  if (password !== password.trim())
    return 'begins or ends with white space, as a file does that an editor wrote';
  return null;
}

function howToSet(secretArn: string): string {
  return `set it: aws secretsmanager put-secret-value --secret-id ${secretArn} --secret-string file://password.txt`;
}

async function withClient<T>(
  { url, user, secretArn, password }: ClickHouseLogin,
  requestTimeoutMs: number,
  ask: (client: ClickHouseClient) => Promise<T>,
): Promise<T> {
  const client = createClickHouse({ url, username: user, password, requestTimeoutMs });
  try {
    return await ask(client);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof MigrationRefused) throw new OneLineFailure(`${message} (ClickHouse at ${url})`);
    if (error instanceof ClickHouseError && code === AUTHENTICATION_FAILED)
      throw new OneLineFailure(
        `ClickHouse at ${url} refuses ${user} with the password in the secret: ` +
          `give the user that one (docs/runbooks/clickhouse-password.md), or ${howToSet(secretArn)}`,
      );
    throw new OneLineFailure(
      `ClickHouse at ${url}: ${(message === '' ? code : message.split('\n', 1)[0]) ?? 'no answer'}: ` +
        'expected one that answers this machine and the functions',
      { cause: error },
    );
  } finally {
    await client.close();
  }
}
