import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 5_000;

/** What a program prints, trimmed; null when it is not there, fails or does not answer in time. */
export async function outputOf(program: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await run(program, args, { timeout: TIMEOUT_MS });
    return stdout.trim();
  } catch {
    return null;
  }
}
