/** `npm run observe -- [DATA_DIR]`: before `docker compose -f docker-compose.observability.yml … up`. */
import { join } from 'node:path';
import { runScript } from '../emulator/one-line-failure.ts';
import { writeObserverSettings } from './settings.ts';

const FOLDER = join(import.meta.dirname, '../../observability');

await runScript(async () => {
  const dataDir = process.argv[2] ?? join('.millrace', 'simulated');
  await writeObserverSettings(dataDir, FOLDER);
  process.stderr.write(`observability/token and observability/.env are those of ${dataDir}\n`);
});
