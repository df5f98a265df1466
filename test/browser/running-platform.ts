import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../bin/millrace.ts', import.meta.url));
const READY_MS = 60_000;
const SIMULATED = ['--instruments', '5'];

/** `millrace start` with its simulated market, in a process of its own. */
export interface RunningPlatform {
  /** What it printed for people to open, token included. */
  readonly address: string;
  readonly port: number;
  /** As Ctrl-C does. */
  stop(): Promise<void>;
}

/** @param port 0: any free one
 * @param market what is listened to, as the command line has it */
export async function startPlatform(
  dataDir: string,
  port = 0,
  market: readonly string[] = SIMULATED,
): Promise<RunningPlatform> {
  const args = ['start', '--port', String(port), '--data-dir', dataDir, ...market];
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await printedAddress(child);
  return {
    address,
    port: Number(new URL(address).port),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGINT');
      await once(child, 'exit');
    },
  };
}

async function printedAddress(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      child.kill('SIGKILL');
      reject(new Error(`millrace start ${why}:\n${said}`));
    };
    const timer = setTimeout(() => fail(`printed no address within ${READY_MS / 1000} s`), READY_MS);
    const onExit = (code: number | null): void => fail(`ended with ${String(code)}`);
    child.once('exit', onExit);
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const address = /dashboard: (\S+)\n/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      child.off('exit', onExit);
      resolve(address);
    });
  });
}
