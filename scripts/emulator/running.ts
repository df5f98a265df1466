/** What `npm run emulator` has started, for `npm run deploy:local` in another terminal. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { EMULATOR_FOLDER } from './folders.ts';

const FILE = join(EMULATOR_FOLDER, 'running.json');

const running = z.strictObject({
  endpoint: z.url(),
  clickHouse: z.strictObject({ url: z.url(), user: z.string(), secretFile: z.string() }),
});
export type Running = z.infer<typeof running>;

export function noteRunning(what: Running): void {
  writeFileSync(FILE, `${JSON.stringify(what, null, 2)}\n`);
}

export function forgetRunning(): void {
  rmSync(FILE, { force: true });
}

/** null: none was started here, or it has ended. */
export function readRunning(): Running | null {
  try {
    return running.parse(JSON.parse(readFileSync(FILE, 'utf8')));
  } catch {
    return null;
  }
}
