import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** What the emulator scripts keep: the Python environment, logs, ClickHouse's data, what was deployed. Ignored by git. */
export const EMULATOR_FOLDER = join(ROOT, '.emulator');
