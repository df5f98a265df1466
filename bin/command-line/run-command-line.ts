import { readFileSync } from 'node:fs';
import { BadInput } from './bad-input.ts';
import {
  COMMON_OPTIONS,
  EXIT_BAD_INPUT,
  EXIT_DONE,
  EXIT_FAILED,
  EXIT_INTERRUPTED,
  type CommandIo,
} from './command.ts';
import type { CommandEntry } from './command-table.ts';
import { formatResult } from './format-result.ts';
import { commandHelp, overviewHelp } from './help.ts';
import { nearestName } from './nearest-name.ts';
import { parseArguments } from './parse-arguments.ts';

/** The outside of the process, so that a test can be it. */
export interface Terminal {
  readonly stdout: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Signals are listened to from its first use on. */
  readonly signal: AbortSignal;
  /** Whether unexpected errors are shown with their stack. */
  readonly showStacks: boolean;
}

/**
 * Runs one command line.
 * @param words without `node` and the script
 * @returns the exit code: 0 done, 1 failed, 2 bad input; never rejects
 */
export async function runCommandLine(
  words: readonly string[],
  commands: readonly CommandEntry[],
  terminal: Terminal,
): Promise<number> {
  try {
    return await dispatch(words, commands, terminal);
  } catch (error) {
    // A command that gave up because it was asked to has nothing to explain.
    if (terminal.signal.aborted && error === terminal.signal.reason) return EXIT_INTERRUPTED;
    return reportError(error, terminal);
  }
}

async function dispatch(
  words: readonly string[],
  commands: readonly CommandEntry[],
  terminal: Terminal,
): Promise<number> {
  const [first, ...rest] = words;
  switch (first) {
    case undefined:
      terminal.stderr.write(overviewHelp(commands));
      return EXIT_BAD_INPUT;
    case '--version':
      terminal.stdout.write(`${packageVersion()}\n`);
      return EXIT_DONE;
    case 'help':
    case '--help':
    case '-h':
      if (rest[0] !== undefined) return runEntry(findEntry(rest[0], commands), ['--help'], terminal);
      terminal.stdout.write(overviewHelp(commands));
      return EXIT_DONE;
    default:
      return runEntry(findEntry(first, commands), rest, terminal);
  }
}

function findEntry(name: string, commands: readonly CommandEntry[]): CommandEntry {
  const entry = commands.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry;
  const isOption = name.startsWith('-');
  const known = isOption ? ['--help', '--version'] : commands.map((candidate) => candidate.name);
  const nearest = nearestName(name, known);
  const advice = nearest === null ? 'see npx millrace --help' : `did you mean ${nearest}?`;
  throw new BadInput(
    isOption
      ? `expected a command before ${name}; ${advice}`
      : `unknown command ${JSON.stringify(name)}; ${advice}`,
  );
}

async function runEntry(entry: CommandEntry, words: readonly string[], terminal: Terminal): Promise<number> {
  const { command } = await entry.load();
  if (words.includes('--help') || words.includes('-h')) {
    terminal.stdout.write(commandHelp(entry, command));
    return EXIT_DONE;
  }
  const values = parseArguments(words, { ...command.options, ...COMMON_OPTIONS }, command.positionals);
  const format = values['format'] === 'table' ? 'table' : 'json';
  const io: CommandIo = {
    print: (result) => terminal.stdout.write(formatResult(result, format, terminal.stdout.isTTY === true)),
    tell: (line) => terminal.stderr.write(`${line}\n`),
    get signal() {
      return terminal.signal;
    },
  };
  return command.run(values, io);
}

/** One line for whatever went wrong. Stacks are for those who ask for them. */
export function reportError(error: unknown, terminal: Pick<Terminal, 'stderr' | 'showStacks'>): number {
  if (error instanceof BadInput) {
    terminal.stderr.write(`millrace: ${error.message}\n`);
    return EXIT_BAD_INPUT;
  }
  const message = error instanceof Error ? error.message : String(error);
  const firstLine = message.split('\n', 1)[0] ?? '';
  terminal.stderr.write(`millrace: ${firstLine} (MILLRACE_LOG_LEVEL=debug shows where)\n`);
  if (terminal.showStacks) terminal.stderr.write(`${describeStack(error)}\n`);
  return EXIT_FAILED;
}

function describeStack(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${describeStack(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
