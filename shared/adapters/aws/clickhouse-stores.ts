/** The stores in ClickHouse, connected as the environment says. */
import { readFile } from 'node:fs/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createClickHouse } from '../clickhouse/client.ts';
import { ClickHouseCandleStore } from '../clickhouse/clickhouse-candle-store.ts';
import { ClickHouseQualityStore } from '../clickhouse/clickhouse-quality-store.ts';
import { ClickHouseQuoteStore } from '../clickhouse/clickhouse-quote-store.ts';
import { ClickHouseTradeStore } from '../clickhouse/clickhouse-trade-store.ts';
import { clientOptions } from './client-options.ts';
import {
  CLICKHOUSE_PASSWORD_SECRET_ARN,
  CLICKHOUSE_SECRET_FILE,
  CLICKHOUSE_URL,
  CLICKHOUSE_USER,
  NO_FILE,
  type Environment,
} from './environment.ts';
import { reaching } from './reach.ts';

export async function openTradeStore(environment: Environment): Promise<ClickHouseTradeStore> {
  return new ClickHouseTradeStore(await connect(environment));
}

export async function openCandleStore(environment: Environment): Promise<ClickHouseCandleStore> {
  return new ClickHouseCandleStore(await connect(environment));
}

export async function openQuoteStore(environment: Environment): Promise<ClickHouseQuoteStore> {
  return new ClickHouseQuoteStore(await connect(environment));
}

export async function openQualityStore(environment: Environment): Promise<ClickHouseQualityStore> {
  return new ClickHouseQualityStore(await connect(environment));
}

async function connect(environment: Environment): Promise<ClickHouseClient> {
  return createClickHouse({
    url: environment.text(CLICKHOUSE_URL),
    username: environment.text(CLICKHOUSE_USER),
    ...(await readCredential(environment)),
  });
}

async function readCredential(environment: Environment): Promise<{ password: string } | { secret: string }> {
  const file = environment.optionalText(CLICKHOUSE_SECRET_FILE);
  if (file === null || file === NO_FILE) return { password: await readPassword(environment) };
  return { secret: (await readFile(file, 'utf8')).trim() };
}

/** Read once, when the function starts: when the password changes, functions are to be started anew. */
async function readPassword(environment: Environment): Promise<string> {
  const secretArn = environment.optionalText(CLICKHOUSE_PASSWORD_SECRET_ARN);
  if (secretArn === null) return '';
  const secrets = new SecretsManagerClient(clientOptions(environment));
  const { SecretString } = await reaching(
    'Secrets Manager',
    secrets.send(new GetSecretValueCommand({ SecretId: secretArn })),
  );
  if (SecretString === undefined) throw new Error(`secret ${secretArn}: expected a text`);
  return SecretString;
}
