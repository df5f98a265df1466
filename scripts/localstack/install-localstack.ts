import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EMULATOR_FOLDER } from '../emulator/folders.ts';
import { OneLineFailure } from '../emulator/one-line-failure.ts';
import { preparePython } from '../emulator/python-environment.ts';
import { runCommand } from '../emulator/run-command.ts';

export interface LocalStackInstallation {
  readonly python: string;
  /** What LocalStack looks for among its packages, laid out as it expects them. */
  readonly libraries: string;
  /** DynamoDB Local runs on it. */
  readonly java: string;
}

/** The version of the Kinesis that this LocalStack asks for. */
const KINESIS_VERSION = '0.4.13';
const MINIMUM_JAVA = 17;
const FOLDER = join(EMULATOR_FOLDER, 'localstack');
const POM = join(import.meta.dirname, 'pom.xml');
const JAVA_SCRIPT = join(import.meta.dirname, 'java.sh');

/**
 * Installs LocalStack without Docker: its runtime from the Python package index, DynamoDB Local from Maven, Kinesis
 * from npm, each at a fixed version, where they are missing or outdated.
 * @throws OneLineFailure when a tool is missing or an index cannot be reached.
 */
export async function installLocalStack(tell: (line: string) => void): Promise<LocalStackInstallation> {
  const java = findJava(['java', ...javaHomes()]);
  const python = await preparePython(
    {
      name: 'LocalStack',
      folder: join(FOLDER, 'venv'),
      requirements: join(import.meta.dirname, 'requirements.txt'),
      executable: 'python',
    },
    tell,
  );
  const libraries = join(FOLDER, 'lib');
  // Written last: what an interrupted installation left behind is made anew.
  const stamp = join(libraries, 'installed.txt');
  const wanted = [POM, JAVA_SCRIPT].map((path) => readFileSync(path, 'utf8')).join('') + KINESIS_VERSION;
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    await rm(libraries, { recursive: true, force: true });
    await installDynamoDb(libraries, tell);
    await installKinesis(libraries, tell);
    await writeFile(stamp, wanted);
  }
  return { python, libraries, java };
}

/** @throws OneLineFailure when none of these commands is a Java that is new enough. @returns its path. */
function findJava(commands: readonly string[]): string {
  for (const command of commands) {
    const { status, stderr } = spawnSync(command, ['-XshowSettings:properties', '-version'], {
      encoding: 'utf8',
    });
    if (status !== 0) continue;
    const [, version = '0'] = /java\.specification\.version = (\d+)/.exec(stderr) ?? [];
    const [, home] = /java\.home = (.+)/.exec(stderr) ?? [];
    if (Number(version) >= MINIMUM_JAVA && home !== undefined) return join(home.trim(), 'bin', 'java');
  }
  throw new OneLineFailure(
    `LocalStack needs Java ${MINIMUM_JAVA} or newer for its DynamoDB: expected java on the PATH (Debian: apt-get install default-jre-headless maven)`,
  );
}

function javaHomes(): string[] {
  const home = process.env['JAVA_HOME'];
  return home === undefined ? [] : [join(home, 'bin', 'java')];
}

async function installDynamoDb(libraries: string, tell: (line: string) => void): Promise<void> {
  tell('installing DynamoDB Local from Maven');
  const folder = join(libraries, 'dynamodb-local', '2');
  const jars = join(folder, 'DynamoDBLocal_lib');
  await mkdir(jars, { recursive: true });
  await runCommand(
    'mvn',
    [
      '-q',
      '-B',
      '-f',
      POM,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${jars}`,
    ],
    {
      cwd: folder,
      env: process.env,
      what: 'getting DynamoDB Local: expected Maven (Debian: apt-get install maven)',
    },
  );
  for (const name of readdirSync(jars)) {
    const native = nativeName(name);
    if (/^DynamoDBLocal-.+\.jar$/.test(name))
      await rename(join(jars, name), join(folder, 'DynamoDBLocal.jar'));
    else if (native !== null) await rename(join(jars, name), join(jars, native));
  }
  // LocalStack only looks whether it is there: java.sh leaves the agent out.
  await writeFile(join(folder, 'ddb-local-loader-0.1.jar'), '');
  const bin = join(libraries, 'java', '21', 'bin');
  await mkdir(bin, { recursive: true });
  await copyFile(JAVA_SCRIPT, join(bin, 'java'));
  await chmod(join(bin, 'java'), 0o755);
}

/** SQLite's library without its version, as Java looks for it; null for what is none. */
function nativeName(name: string): string | null {
  const [, base, ending] = /^(libsqlite4java-.+?)-\d[\d.]*\.(so|dylib)$/.exec(name) ?? [];
  return base === undefined ? null : `${base}.${ending}`;
}

async function installKinesis(libraries: string, tell: (line: string) => void): Promise<void> {
  tell('installing Kinesis from npm');
  const folder = join(libraries, 'kinesis-local', KINESIS_VERSION);
  await mkdir(folder, { recursive: true });
  await runCommand(
    'npm',
    [
      'install',
      '--silent',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      `kinesis-local@${KINESIS_VERSION}`,
    ],
    {
      cwd: folder,
      env: process.env,
      what: 'installing Kinesis from npm',
    },
  );
}
