import { parseArgs, type ParseArgsConfig } from 'node:util';
import { BadInput } from './bad-input.ts';
import { nearestName } from './nearest-name.ts';
import type { OptionTable } from './options.ts';

/** `dataDir` → `--data-dir`. */
export function flagName(key: string): string {
  return `--${kebabCase(key)}`;
}

/** `dataDir` → `DATA-DIR`, as a positional argument is shown. */
export function positionalName(key: string): string {
  return kebabCase(key).toUpperCase();
}

/**
 * Reads the words after the command's name.
 * @returns the value of every option and positional argument, by key
 * @throws BadInput at the first word that does not fit
 */
export function parseArguments(
  words: readonly string[],
  options: OptionTable,
  positionals: OptionTable,
): { readonly [key: string]: unknown } {
  const given = gatherWords(words, options);
  const values: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(options)) {
    const texts = given.options.get(key) ?? [];
    if (texts.length > 1 && !option.repeats) throw new BadInput(`${flagName(key)} is given twice`);
    values[key] = option.read(texts, flagName(key));
  }
  const rest = [...given.positionals];
  for (const [key, option] of Object.entries(positionals)) {
    values[key] = option.read(rest.splice(0, option.repeats ? rest.length : 1), positionalName(key));
  }
  if (rest[0] !== undefined) throw new BadInput(`unexpected argument ${JSON.stringify(rest[0])}`);
  return values;
}

interface GivenWords {
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

/** Sorts the words by the option that they belong to. A repeating option takes the plain words that follow it too. */
function gatherWords(words: readonly string[], options: OptionTable): GivenWords {
  const keys = new Map(Object.keys(options).map((key) => [flagName(key), key]));
  const gathered = new Map<string, string[]>();
  const positionals: string[] = [];
  let open: string[] | null = null;
  for (const token of tokenize(words, options)) {
    if (token.kind === 'positional') {
      (open ?? positionals).push(token.value);
    } else if (token.kind === 'option-terminator') {
      open = null;
    } else {
      const key = keys.get(token.rawName);
      const option = key === undefined ? undefined : options[key];
      if (key === undefined || option === undefined) throw unknownOption(token.rawName, keys.keys());
      const texts = gathered.get(key) ?? [];
      gathered.set(key, texts);
      texts.push(option.valueName === null ? presence(token) : valueOf(token, option.valueName));
      open = option.repeats ? texts : null;
    }
  }
  return { options: gathered, positionals };
}

type Token = NonNullable<ReturnType<typeof parseArgs<{ tokens: true; strict: false }>>['tokens']>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

function tokenize(words: readonly string[], options: OptionTable): Token[] {
  const config: NonNullable<ParseArgsConfig['options']> = {};
  for (const [key, option] of Object.entries(options)) {
    config[flagName(key).slice(2)] = {
      type: option.valueName === null ? 'boolean' : 'string',
      multiple: true,
    };
  }
  const args = words.map((word) => (word === '-h' ? '--help' : word));
  return parseArgs({ args, options: config, strict: false, tokens: true }).tokens;
}

function presence(token: OptionToken): string {
  if (token.value === undefined) return 'given';
  throw new BadInput(`${token.rawName} takes no value, got ${JSON.stringify(token.value)}`);
}

const NEGATIVE_NUMBER = /^-[\d.]/;

function valueOf(token: OptionToken, valueName: string): string {
  const { value, inlineValue, rawName } = token;
  const isOption = !inlineValue && value?.startsWith('-') === true && !NEGATIVE_NUMBER.test(value);
  if (value === undefined || isOption) {
    throw new BadInput(
      `${rawName}: expected ${valueName}, got ${value === undefined ? 'nothing' : `the option ${value}`}`,
    );
  }
  return value;
}

function unknownOption(rawName: string, known: Iterable<string>): BadInput {
  const nearest = nearestName(rawName, known);
  return new BadInput(`unknown option ${rawName}${nearest === null ? '' : `; did you mean ${nearest}?`}`);
}

function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
