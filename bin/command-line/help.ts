import type { Command } from './command.ts';
import { COMMON_OPTIONS } from './command.ts';
import type { CommandEntry } from './command-table.ts';
import { alignColumns } from './format-result.ts';
import type { Option } from './options.ts';
import { flagName, positionalName } from './parse-arguments.ts';

/** `millrace --help`: what this is, the way of the data, the commands, and where to begin. */
export function overviewHelp(commands: readonly CommandEntry[]): string {
  const list = alignColumns(commands.map(({ name, summary }) => [`  ${name}`, summary]));
  return `Millrace: algorithmic trading from a laptop backtest to AWS, with one engine for live markets and for history.

  exchange → collector → trades → candles → strategies → signals → risk → orders → fills → portfolio

Usage: npx millrace COMMAND [options]
       npx millrace COMMAND --help      shows what a command takes, with examples

Commands
${list}
Begin with
  npm start                                              a simulated market, a strategy on it, and the dashboard
  npx millrace candles --capture FILE --format table     what a recorded market looks like
  npx millrace doctor --format table                     what this machine has and lacks

Results are JSON on stdout; logs and progress go to stderr (MILLRACE_LOG_LEVEL=debug|info|warn|error).
Exit codes: 0 done, 1 failed, 2 bad input.
`;
}

/** `millrace COMMAND --help`. */
export function commandHelp(entry: CommandEntry, command: Command): string {
  const positionals = Object.entries(command.positionals).map(([key, option]) =>
    positionalUsage(key, option),
  );
  const hasOptions = Object.values(command.options);
  const mandatory = Object.entries(command.options).filter(([, option]) => option.required);
  const usage = [
    'npx millrace',
    entry.name,
    ...positionals,
    ...mandatory.map(([key, option]) => optionUsage(key, option)),
    hasOptions.length > mandatory.length ? '[options]' : '',
  ];
  const sections = [
    entry.summary,
    ...(command.description === null ? [] : [command.description]),
    `Usage: ${usage.filter((word) => word !== '').join(' ')}`,
    ...describeTable('Arguments', command.positionals, positionalUsage),
    ...describeTable('Options', { ...command.options, ...COMMON_OPTIONS }, optionUsage),
    `Examples\n${command.examples.map(({ line, what }) => `  ${line}\n      ${what}`).join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function describeTable(
  title: string,
  table: { readonly [key: string]: Option<unknown> },
  usageOf: (key: string, option: Option<unknown>) => string,
): string[] {
  const rows = Object.entries(table).map(([key, option]) => [
    `  ${usageOf(key, option)}`,
    describeOption(option),
  ]);
  return rows.length === 0 ? [] : [`${title}\n${alignColumns(rows).trimEnd()}`];
}

function describeOption(option: Option<unknown>): string {
  const notes = [
    ...(option.required ? ['required'] : []),
    ...(option.defaultText === null ? [] : [`default ${option.defaultText}`]),
  ];
  return `${option.description}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

function optionUsage(key: string, option: Option<unknown>): string {
  const value = option.valueName === null ? '' : ` ${option.valueName}${option.repeats ? '…' : ''}`;
  return `${flagName(key)}${value}`;
}

function positionalUsage(key: string, option: Option<unknown>): string {
  const name = `${positionalName(key)}${option.repeats ? '…' : ''}`;
  return option.required ? name : `[${name}]`;
}
