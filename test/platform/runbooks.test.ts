/**
 * The commands of the runbooks. A command stands in a fenced block of `sh`, one a line. What begins with
 * `npx millrace` runs as it stands, in a folder with a data folder; with `--stage` its options alone are read, as there
 * is no deployment here. What begins with `aws` must name an operation of a service. Nothing else may stand there.
 * A block of `bash` is a script, of which the shell reads the grammar and every `aws` in it must name an operation, too.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../bin/command-line/command-table.ts';
import { parseArguments } from '../../bin/command-line/parse-arguments.ts';
import { runMillrace } from './run-millrace.ts';
import { syntheticLines, writeCapture } from './write-capture.ts';

const RUNBOOKS = join(import.meta.dirname, '../../docs/runbooks');

/** Services whose packages are called otherwise than the AWS command line calls them. */
const PACKAGES: Readonly<Record<string, string>> = {
  secretsmanager: 'secrets-manager',
  stepfunctions: 'sfn',
};

interface RunbookCommand {
  readonly file: string;
  readonly words: readonly string[];
}

function commandsOf(file: string): RunbookCommand[] {
  const text = readFileSync(join(RUNBOOKS, file), 'utf8');
  return [...text.matchAll(/^[ ]*```sh\n([\s\S]*?)^[ ]*```$/gm)].flatMap(([, block]) =>
    block!
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => ({ file, words: line.split(/\s+/) })),
  );
}

/** The operations that scripts call, each once a file. */
function scriptedOf(file: string): RunbookCommand[] {
  const calls = scriptsOf(file).flatMap((script) => [
    ...script.matchAll(/\baws ([a-z0-9]+) (?:(wait) )?([a-z0-9-]+)/g),
  ]);
  const lines = new Set(calls.map(([call]) => call));
  return Array.from(lines, (line) => ({ file, words: line.split(' ') }));
}

function scriptsOf(file: string): string[] {
  const text = readFileSync(join(RUNBOOKS, file), 'utf8');
  return Array.from(text.matchAll(/^```bash\n([\s\S]*?)^```$/gm), ([, block]) =>
    block!.replaceAll(/\\\n\s*/g, ''),
  );
}

const files = readdirSync(RUNBOOKS).filter((name) => name.endsWith('.md'));
const commands = files.flatMap(commandsOf);
const ofMillrace = commands.filter(({ words }) => words[0] === 'npx' && words[1] === 'millrace');
const ofAws = commands.filter(({ words }) => words[0] === 'aws');
const forStage = ofMillrace.filter(({ words }) => words.includes('--stage'));
const named = (some: readonly RunbookCommand[]) =>
  some.map((command) => [command.file, command.words.join(' '), command] as const);

describe('a command of the runbooks', () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-runbooks-'));
    const capture = join(folder, 'market.ndjson.gz');
    writeCapture(capture, syntheticLines({ seed: 5, instruments: 1, tradesPerSecond: 5 }, 20));
    const { code } = await runMillrace(['start', '--replay', capture, '--once'], { cwd: folder });
    expect(code).toBe(0);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is one of ours or of AWS, and stands in a block where it is tried', () => {
    expect(ofMillrace.length + ofAws.length).toBe(commands.length);
    expect(forStage.length).toBeGreaterThan(0);
    const inline = files.filter((file) => /`npx millrace/.test(readFileSync(join(RUNBOOKS, file), 'utf8')));
    expect(inline).toEqual([]);
  });

  it.each(named(ofMillrace.filter((command) => !forStage.includes(command))))(
    'in %s runs: %s',
    async (_file, _line, { words }) => {
      const { code, stderr } = await runMillrace(words.slice(2), { cwd: folder });
      expect({ code, stderr }).toMatchObject({ code: 0 });
    },
    60_000,
  );

  it.each(named(forStage))('in %s has options that there are: %s', async (_file, _line, { words }) => {
    const [name, ...args] = words.slice(2);
    const { command } = await COMMANDS.find((entry) => entry.name === name)!.load();
    const format = args.indexOf('--format');
    const own = format === -1 ? args : args.filter((_, i) => i !== format && i !== format + 1);
    expect(parseArguments(own, command.options, command.positionals)).toMatchObject({ stage: 'prod' });
  });

  it.each(files.filter((file) => scriptsOf(file).length > 0))(
    'in %s is a script that bash can read',
    (file) => {
      const { status, stderr } = spawnSync('bash', ['-n'], {
        input: scriptsOf(file).join('\n'),
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  const operations = [...ofAws, ...files.flatMap(scriptedOf)];
  it.each(named(operations))('in %s is an operation of AWS: %s', async (_file, _line, { words }) => {
    const [, service, ...operation] = words;
    const waits = operation[0] === 'wait';
    const client = (await import(`@aws-sdk/client-${PACKAGES[service!] ?? service}`)) as object;
    const name = operation[waits ? 1 : 0]!.replaceAll(/(?:^|-)(\w)/g, (_match, letter: string) =>
      letter.toUpperCase(),
    );
    expect(Object.keys(client)).toContain(waits ? `waitUntil${name}` : `${name}Command`);
  });
});
