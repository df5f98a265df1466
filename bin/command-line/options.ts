/** Options and positional arguments of a command: a kind of value, and how often it may be given. */
import { BadInput } from './bad-input.ts';
import type { ValueKind } from './option-values.ts';

export interface Option<Value> {
  readonly description: string;
  /** Stands for the value in the help; null: a flag, which takes none. */
  readonly valueName: string | null;
  readonly required: boolean;
  readonly repeats: boolean;
  /** Shown in the help. */
  readonly defaultText: string | null;
  /**
   * @param given the texts in the order in which they were given
   * @param label how the option is called in an error: `--port`
   * @throws BadInput
   */
  read(given: readonly string[], label: string): Value;
}

/** Keys are camelCase: `dataDir` is written `--data-dir`. */
export interface OptionTable {
  readonly [name: string]: Option<unknown>;
}

export type ValuesOf<Options extends OptionTable> = {
  readonly [Name in keyof Options]: Options[Name] extends Option<infer Value> ? Value : never;
};

/** True when given. */
export function flag(description: string): Option<boolean> {
  return {
    description,
    valueName: null,
    required: false,
    repeats: false,
    defaultText: null,
    read: (given) => given.length > 0,
  };
}

/**
 * Null when not given: for what only some uses of a command take.
 * @param standIn shown in the help, for the command to put there
 */
export function optional<Value>(
  kind: ValueKind<Value>,
  description: string,
  standIn: string | null = null,
): Option<Value | null> {
  return {
    ...ofKind(kind, description),
    defaultText: standIn,
    read: (given, label) => (given[0] === undefined ? null : readOne(kind, given[0], label)),
  };
}

export function required<Value>(kind: ValueKind<Value>, description: string): Option<Value> {
  return {
    ...ofKind(kind, description),
    required: true,
    read: (given, label) => {
      if (given[0] === undefined)
        throw new BadInput(
          label.startsWith('-')
            ? `${label} ${kind.valueName} is missing`
            : `${label} is missing${kind.valueName.includes('|') ? `: expected ${kind.valueName}` : ''}`,
        );
      return readOne(kind, given[0], label);
    },
  };
}

/** @param standIn is read like a given value, and shown in the help */
export function withDefault<Value>(
  kind: ValueKind<Value>,
  standIn: string,
  description: string,
): Option<Value> {
  return {
    ...ofKind(kind, description),
    defaultText: standIn,
    read: (given, label) => readOne(kind, given[0] ?? standIn, label),
  };
}

/** Any number of times: `--replay a b` or `--replay a --replay b`. */
export function repeated<Value>(kind: ValueKind<Value>, description: string): Option<readonly Value[]> {
  return {
    ...ofKind(kind, description),
    repeats: true,
    read: (given, label) => given.map((text) => readOne(kind, text, label)),
  };
}

function ofKind(kind: ValueKind<unknown>, description: string): Omit<Option<never>, 'read'> {
  return { description, valueName: kind.valueName, required: false, repeats: false, defaultText: null };
}

const MAX_SHOWN_LENGTH = 60;

function readOne<Value>(kind: ValueKind<Value>, given: string, label: string): Value {
  const read = kind.read(given);
  if (read.kind === 'value') return read.value;
  if (read.holdsSecret === true) throw new BadInput(`${label}: expected ${read.expected}`);
  const shown = given.length > MAX_SHOWN_LENGTH ? `${given.slice(0, MAX_SHOWN_LENGTH)}…` : given;
  throw new BadInput(`${label}: expected ${read.expected}, got ${JSON.stringify(shown)}`);
}
