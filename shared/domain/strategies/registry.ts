import { maCrossover } from './ma-crossover.ts';
import type { JsonValue, Strategy } from './strategy.ts';

/** A strategy with its parameters fixed. */
export interface ConfiguredStrategy {
  readonly name: string;
  readonly params: { readonly [key: string]: JsonValue };
  create(): Strategy;
  restore(snapshot: JsonValue): Strategy;
}

interface AnyDefinition {
  readonly name: string;
  readonly description: string;
  parseParams(input: unknown): { readonly params: object } | { readonly error: string };
  create(params: never): Strategy;
  restore(params: never, snapshot: JsonValue): Strategy;
}

const DEFINITIONS: readonly AnyDefinition[] = [maCrossover];

export function strategyNames(): string[] {
  return DEFINITIONS.map((definition) => definition.name);
}

/** One field that cannot be used: which, and what was expected instead, in one line. */
export interface WrongField<Field extends string> {
  readonly field: Field;
  readonly error: string;
}

/** @returns the strategy ready to create, or what is wrong with it. */
export function configureStrategy(
  name: string,
  input: unknown,
): ConfiguredStrategy | WrongField<'name' | 'params'> {
  const definition = DEFINITIONS.find((candidate) => candidate.name === name);
  if (definition === undefined)
    return {
      field: 'name',
      error: `unknown strategy "${name}": expected one of ${strategyNames().join(', ')}`,
    };
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { field: 'params', error: 'expected a JSON object' };
  }
  const parsed = definition.parseParams(input);
  if ('error' in parsed) return { field: 'params', error: parsed.error };
  return {
    name,
    params: parsed.params as { readonly [key: string]: JsonValue },
    create: () => definition.create(parsed.params as never),
    restore: (snapshot) => definition.restore(parsed.params as never, snapshot),
  };
}

/** For parameters that were checked when they were stored. */
export function configuredStrategy(name: string, params: object): ConfiguredStrategy {
  const strategy = configureStrategy(name, params);
  if ('error' in strategy) throw new Error(`stored strategy is invalid: ${strategy.error}`);
  return strategy;
}
