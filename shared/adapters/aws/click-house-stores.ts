/** The stores in ClickHouse, connected as the environment says. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CandleStore } from '../../ports/candle-store.ts';
import type { TradeStore } from '../../ports/trade-store.ts';
import { clientOptions } from './client-options.ts';
import { CLICKHOUSE_PASSWORD_SECRET_ARN, CLICKHOUSE_URL, CLICKHOUSE_USER, type Environment } from './environment.ts';

export async function openTradeStore(environment: Environment): Promise<TradeStore> {
  return new ClickHouseTradeStore(await connect(environment));
}

export async function openCandleStore(environment: Environment): Promise<CandleStore> {
  return new ClickHouseCandleStore(await connect(environment));
}

/** The password is read once, when the function starts: after it changes, functions are to be started anew. */
async function readPassword(environment: Environment): Promise<string> {
  const secretArn = environment.optionalText(CLICKHOUSE_PASSWORD_SECRET_ARN);
  if (secretArn === null) return '';
  const secrets = new SecretsManagerClient(clientOptions(environment));
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  if (SecretString === undefined) throw new Error(`secret ${secretArn}: expected a text`);
  return SecretString;
}
