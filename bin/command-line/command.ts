import { flag, withDefault, type OptionTable, type ValuesOf } from './options.ts';
import { choice } from './option-values.ts';

/** What a command may do to the world outside its ports. */
export interface CommandIo {
  /** Prints a result on stdout, in the format that was asked for. */
  print(result: unknown): void;
  /** Prints a line for people on stderr. */
  tell(line: string): void;
  /**
   * Aborted by Ctrl-C or SIGTERM: stop cleanly and return. Until a command has looked at it, and for those that never
   * do, such a signal ends the process at once.
   */
  readonly signal: AbortSignal;
}

export const EXIT_DONE = 0;
export const EXIT_FAILED = 1;
export const EXIT_BAD_INPUT = 2;
/** 128 + SIGINT, as shells count. */
export const EXIT_INTERRUPTED = 130;

/** A command as its module in bin/commands writes it. Its name and summary stand in the command table. */
export interface CommandDefinition<Options extends OptionTable, Positionals extends OptionTable> {
  /** A few sentences for `--help`, after the summary. */
  readonly description?: string;
  readonly options: Options;
  /** Arguments without dashes, in order. */
  readonly positionals?: Positionals;
  /** Complete command lines, each with what it does. */
  readonly examples: readonly { readonly line: string; readonly what: string }[];
  /** @returns the exit code: 0 done, 1 failed. @throws BadInput for exit code 2 */
  run(values: ValuesOf<Options> & ValuesOf<Positionals>, io: CommandIo): Promise<number>;
}

/** A command of any options, as the command line sees it. */
export interface Command {
  readonly description: string | null;
  readonly options: OptionTable;
  readonly positionals: OptionTable;
  readonly examples: readonly { readonly line: string; readonly what: string }[];
  run(values: { readonly [name: string]: unknown }, io: CommandIo): Promise<number>;
}

const NO_POSITIONALS = {} satisfies OptionTable;

/** Gives `run` the types of the options that stand beside it. */
export function defineCommand<
  Options extends OptionTable,
  Positionals extends OptionTable = typeof NO_POSITIONALS,
>(definition: CommandDefinition<Options, Positionals>): Command {
  return {
    description: definition.description ?? null,
    options: definition.options,
    positionals: definition.positionals ?? NO_POSITIONALS,
    examples: definition.examples,
    run: (values, io) => definition.run(values as ValuesOf<Options> & ValuesOf<Positionals>, io),
  };
}

/** What every command takes besides its own. */
export const COMMON_OPTIONS = {
  format: withDefault(
    choice(['json', 'table']),
    'json',
    'how results are printed on stdout: table is for people',
  ),
  help: flag('shows this'),
};
