import { mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { HOST, refuseTakenPort, startEmulatorProcess, type EmulatorProcess } from './emulator-process.ts';
import { ROOT } from './folders.ts';

export interface MiniStackOptions {
  readonly executable: string;
  readonly port: number;
  /** Holds its log and the functions' unpacked code; what lay there is removed. */
  readonly folder: string;
}

const START_TIMEOUT_MS = 30_000;

/** Starts MiniStack on this machine alone. @throws OneLineFailure when the port is taken or it does not come up. */
export async function startMiniStack({
  executable,
  port,
  folder,
}: MiniStackOptions): Promise<EmulatorProcess> {
  await refuseTakenPort(port);
  const temporary = join(folder, 'tmp');
  await rm(folder, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  // Its own scripts are CommonJS, which this project's package.json would deny them.
  await writeFile(join(temporary, 'package.json'), '{ "type": "commonjs" }\n');
  const child = await startEmulatorProcess({
    name: 'MiniStack',
    command: executable,
    args: [],
    env: environment(port, temporary),
    folder,
    logFile: join(folder, 'ministack.log'),
    port,
    healthPath: '/_ministack/health',
    startTimeoutMs: START_TIMEOUT_MS,
  });
  return {
    ...child,
    stop: async () => {
      await child.stop();
      await rm(temporary, { recursive: true, force: true });
    },
  };
}

/**
 * Functions inherit the whole environment of the emulator, so it gets no more than it needs: above all nobody's AWS
 * profile. Node 24 comes first on the PATH, because functions run on whichever `node` is found there.
 */
function environment(port: number, temporary: string): NodeJS.ProcessEnv {
  const bin = join(ROOT, 'node_modules', '.bin');
  return {
    PATH: [bin, process.env['PATH']].join(delimiter),
    HOME: process.env['HOME'],
    LANG: 'C.UTF-8',
    TMPDIR: temporary,
    NODE_PATH: join(ROOT, 'node_modules'),
    NODE_OPTIONS: '--disable-warning=DEP0169',
    BIND_HOST: HOST,
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: HOST,
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
  };
}
