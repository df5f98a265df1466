/** What Prometheus and Grafana need to know of a data folder whose platform runs: a token, and who reads its tables. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { READER, readerSecretFileOf } from '../../embedded/clickhouse-server/access.ts';
import { keptPort } from '../../embedded/clickhouse-server/kept-port.ts';
import { MAX_TOKEN_LIFETIME_SECONDS, openTokenIssuer } from '../../embedded/token-issuer.ts';
import { assertDataFolder } from '../../shared/adapters/embedded/data-folder.ts';
import { OneLineFailure } from '../emulator/one-line-failure.ts';

const CLICKHOUSE_FOLDER = 'clickhouse';

/**
 * Writes `token` and `.env` into a folder, for this user's eyes alone.
 * @throws OneLineFailure when no platform has run on the data folder
 */
export async function writeObserverSettings(dataDir: string, into: string): Promise<void> {
  const clickHouse = join(dataDir, CLICKHOUSE_FOLDER);
  const port = keptPort(clickHouse);
  const secretFile = readerSecretFileOf(clickHouse);
  if (port === null || !existsSync(secretFile))
    throw new OneLineFailure(`${dataDir}: expected a data folder that a platform has run on: npm start`);
  assertDataFolder(dataDir);
  const issuer = await openTokenIssuer(dataDir);
  const token = await issuer.mint({
    subject: 'prometheus',
    role: 'viewer',
    ttlSeconds: MAX_TOKEN_LIFETIME_SECONDS,
  });
  mkdirSync(into, { recursive: true });
  writePrivately(join(into, 'token'), token);
  const settings = {
    CLICKHOUSE_HOST: '127.0.0.1',
    CLICKHOUSE_PORT: String(port),
    CLICKHOUSE_USER: READER,
    CLICKHOUSE_PASSWORD: readFileSync(secretFile, 'utf8').trim(),
    OBSERVER_USER: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writePrivately(join(into, '.env'), lines.join(''));
}

function writePrivately(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, 0o600);
}
