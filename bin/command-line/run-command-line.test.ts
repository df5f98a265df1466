import { describe, expect, it } from '@jest/globals';
import { BadInput } from './bad-input.ts';
import { defineCommand, EXIT_DONE, type Command } from './command.ts';
import { COMMANDS, type CommandEntry } from './command-table.ts';
import { existingFile, text } from './option-values.ts';
import { optional, required } from './options.ts';
import { runCommandLine } from './run-command-line.ts';

const loaded: string[] = [];
const entry = (name: string, summary: string, command: Command): CommandEntry => ({
  name,
  summary,
  load: () => {
    loaded.push(name);
    return Promise.resolve({ command });
  },
});

const greet = defineCommand({
  description: 'Greets whoever is named.',
  options: {
    capture: optional(existingFile, 'a capture'),
    greeting: optional(text('WORD'), 'instead of hello'),
  },
  positionals: { name: required(text('NAME'), 'whom') },
  examples: [{ line: 'millrace greet Ada', what: 'says hello to Ada' }],
  run: (values, io) => {
    io.tell('greeting');
    io.print([{ greeting: values.greeting ?? 'hello', name: values.name }]);
    return Promise.resolve(EXIT_DONE);
  },
});
const fail = (thrown: unknown): Command =>
  defineCommand({
    options: {},
    examples: [],
    run: () => {
      throw thrown;
    },
  });

interface RunOptions {
  readonly isTTY?: boolean;
  readonly showStacks?: boolean;
  /** By the command `fail`. */
  readonly thrown?: unknown;
  readonly signal?: AbortSignal;
}

async function run(words: string[], options: RunOptions = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(
    words,
    [entry('greet', 'says hello', greet), entry('fail', 'always fails', fail(options.thrown))],
    {
      stdout: { isTTY: options.isTTY ?? false, write: (written) => out.push(written) },
      stderr: { write: (written) => err.push(written) },
      signal: options.signal ?? new AbortController().signal,
      showStacks: options.showStacks ?? false,
    },
  );
  return { code, out: out.join(''), err: err.join('') };
}

describe('a command', () => {
  it('prints its result on stdout and what it tells on stderr', async () => {
    expect(await run(['greet', 'Ada'])).toEqual({
      code: 0,
      out: '[{"greeting":"hello","name":"Ada"}]\n',
      err: 'greeting\n',
    });
  });

  it('prints a table when asked to', async () => {
    const { out } = await run(['greet', 'Ada', '--format', 'table']);
    expect(out).toBe('greeting  name\nhello     Ada\n');
  });

  it('is the only one whose module is loaded', async () => {
    loaded.length = 0;
    await run(['greet', 'Ada']);
    await run(['--help']);
    expect(loaded).toEqual(['greet']);
  });
});

describe('help', () => {
  it('lists the commands on stdout', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('  greet  says hello\n');
  });

  it.each([[['greet', '--help']], [['help', 'greet']], [['greet', '-h', 'Ada']]])(
    'of %j explains one command',
    async (words) => {
      const { code, out } = await run(words);
      expect(code).toBe(0);
      expect(out).toContain('Usage: npx millrace greet NAME [options]');
      expect(out).toContain('Greets whoever is named.');
      expect(out).toMatch(/--greeting WORD +instead of hello\n/);
      expect(out).toContain('millrace greet Ada\n      says hello to Ada');
    },
  );

  it('goes to stderr with exit code 2 when no command is given', async () => {
    const { code, out, err } = await run([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('Usage: npx millrace COMMAND');
  });

  it('exists for every command of the platform, with examples', async () => {
    for (const { name, load } of COMMANDS) {
      const { command } = await load();
      expect(command.examples.map(({ line }) => line)).not.toEqual([]);
      for (const { line } of command.examples) expect(line).toMatch(new RegExp(`\\bmillrace ${name}\\b`));
    }
  });
});

describe('bad input', () => {
  it.each<[string[], string]>([
    [['gret'], 'millrace: unknown command "gret"; did you mean greet?\n'],
    [['quarantine'], 'millrace: unknown command "quarantine"; see npx millrace --help\n'],
    [['--port', '1'], 'millrace: expected a command before --port; see npx millrace --help\n'],
    [['--verion'], 'millrace: expected a command before --verion; did you mean --version?\n'],
    [['greet'], 'millrace: NAME is missing\n'],
    [['greet', 'Ada', '--loud'], 'millrace: unknown option --loud\n'],
    [
      ['greet', 'Ada', '--capture', 'no-such-file'],
      'millrace: --capture: expected a file that exists, got "no-such-file"\n',
    ],
    [['greet', 'Ada', '--format', 'xml'], 'millrace: --format: expected one of json, table, got "xml"\n'],
  ])('%j gives one line and exit code 2', async (words, err) => {
    expect(await run(words)).toEqual({ code: 2, out: '', err });
  });

  it('found by the command itself gives its message', async () => {
    const { code, err } = await run(['fail'], { thrown: new BadInput('a.gz, line 3: expected JSON') });
    expect({ code, err }).toEqual({ code: 2, err: 'millrace: a.gz, line 3: expected JSON\n' });
  });
});

describe('an interruption', () => {
  it('that a command gives up at ends quietly, with the exit code that shells count', async () => {
    const signal = AbortSignal.abort();
    expect(await run(['fail'], { signal, thrown: signal.reason })).toEqual({ code: 130, out: '', err: '' });
  });

  it('does not hide an error that comes after it', async () => {
    expect(await run(['fail'], { signal: AbortSignal.abort(), thrown: new Error('broken') })).toMatchObject({
      code: 1,
    });
  });
});

describe('an unexpected error', () => {
  const thrown = new Error('broken\nsecond line', { cause: new Error('the reason') });

  it('gives one line and exit code 1', async () => {
    const { code, err } = await run(['fail'], { thrown });
    expect({ code, err }).toEqual({
      code: 1,
      err: 'millrace: broken (MILLRACE_LOG_LEVEL=debug shows where)\n',
    });
  });

  it('shows its stack and its causes to those who ask', async () => {
    const { err } = await run(['fail'], { thrown, showStacks: true });
    expect(err).toMatch(/at .*run-command-line\.test\.ts/);
    expect(err).toContain('caused by Error: the reason');
  });
});
