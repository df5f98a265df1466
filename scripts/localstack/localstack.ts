import { mkdir, rm, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import {
  HOST,
  refuseTakenPort,
  startEmulatorProcess,
  type EmulatorProcess,
} from '../emulator/emulator-process.ts';
import { ROOT } from '../emulator/folders.ts';
import type { LocalStackInstallation } from './install-localstack.ts';

export interface LocalStackOptions {
  readonly installation: LocalStackInstallation;
  readonly port: number;
  /** Holds its log and its state; what lay there is removed. */
  readonly folder: string;
}

const START_TIMEOUT_MS = 90_000;

/**
 * Starts LocalStack in host mode, without Docker: every service but Lambda, whose functions would need containers.
 * @throws OneLineFailure when the port is taken or it does not come up.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<EmulatorProcess> {
  const { installation, port, folder } = options;
  await refuseTakenPort(port);
  await rm(folder, { recursive: true, force: true });
  // Where it looks for what comes with it.
  await mkdir(join(folder, 'usr', 'lib'), { recursive: true });
  await symlink(installation.libraries, join(folder, 'usr', 'lib', 'localstack'));
  return startEmulatorProcess({
    name: 'LocalStack',
    command: installation.python,
    args: [join(import.meta.dirname, 'start.py')],
    env: environment(options),
    folder,
    logFile: join(folder, 'localstack.log'),
    port,
    healthPath: '/_localstack/health',
    startTimeoutMs: START_TIMEOUT_MS,
  });
}

/** No more than it needs: above all nobody's AWS profile. */
function environment({ installation, port, folder }: LocalStackOptions): NodeJS.ProcessEnv {
  return {
    PATH: [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
    HOME: folder,
    LANG: 'C.UTF-8',
    FILESYSTEM_ROOT: folder,
    GATEWAY_LISTEN: `${HOST}:${port}`,
    LOCALSTACK_HOST: `${HOST}:${port}`,
    NODE_OPTIONS: `--require ${join(import.meta.dirname, 'loopback.cjs')}`,
    MILLRACE_JAVA: installation.java,
    DYNAMODB_IN_MEMORY: '1',
    KINESIS_LATENCY: '0',
    // What it does not know fails its stack, and so is noticed.
    CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES: '0',
    // It would ask the network for these.
    DNS_ADDRESS: '0',
    DISABLE_EVENTS: '1',
    SKIP_SSL_CERT_DOWNLOAD: '1',
    // Some containers look like Docker's, in which it would use the folders of its image.
    OVERRIDE_IN_DOCKER: '0',
  };
}
