/**
 * The kinds of value that options take. A kind says what it expects, and the parser makes the sentence of it:
 * `--port: expected a number from 0 to 65535, got "abc"`.
 */
import { statSync, type Stats } from 'node:fs';
import { resolve } from 'node:path';
import { fileErrorReason } from '../../shared/adapters/files/file-error.ts';
import { formatDecimal, parseDecimal } from '../../shared/domain/decimal.ts';
import { MAX_TIME_MS } from '../../shared/domain/market-data/time-bound.ts';

/** `expected` goes on with "expected …", without the text that was given, which is shown unless it holds a secret. */
interface Unexpected {
  readonly kind: 'unexpected';
  readonly expected: string;
  readonly holdsSecret?: true;
}

export type ReadValue<Value> = { readonly kind: 'value'; readonly value: Value } | Unexpected;

export interface ValueKind<Value> {
  /** Stands for the value in the help: `FILE`. */
  readonly valueName: string;
  read(text: string): ReadValue<Value>;
}

function value<Value>(read: Value): ReadValue<Value> {
  return { kind: 'value', value: read };
}

function unexpected(expected: string): Unexpected {
  return { kind: 'unexpected', expected };
}

/** Any text but the empty one. */
export function text(valueName: string): ValueKind<string> {
  return { valueName, read: (given) => (given === '' ? unexpected('some text') : value(given)) };
}

/** The absolute path of a file that exists. */
export const existingFile: ValueKind<string> = {
  valueName: 'FILE',
  read: (given) => {
    const found = lookUp(given);
    if (found.kind === 'unexpected') return found;
    if (found.stats === null) return unexpected('a file that exists');
    return found.stats.isDirectory() ? unexpected('a file, not a folder') : value(found.path);
  },
};

/** One that can be read more than once: a pipe would be empty the second time. */
export const rereadableFile: ValueKind<string> = {
  valueName: 'FILE',
  read: (given) => {
    const read = existingFile.read(given);
    if (read.kind === 'unexpected' || statSync(read.value).isFile()) return read;
    return unexpected('a file that can be read twice, not a pipe');
  },
};

/** The absolute path of a folder, which need not exist yet. */
export const folder: ValueKind<string> = {
  valueName: 'DIR',
  read: (given) => {
    const found = lookUp(given);
    if (found.kind === 'unexpected') return found;
    const mayBeFolder = given !== '' && (found.stats === null || found.stats.isDirectory());
    return mayBeFolder ? value(found.path) : unexpected('a folder');
  },
};

interface Found {
  readonly kind: 'found';
  readonly path: string;
  /** null: there is nothing. */
  readonly stats: Stats | null;
}

function lookUp(given: string): Found | Unexpected {
  const path = resolve(given);
  try {
    const stats = given === '' ? undefined : statSync(path, { throwIfNoEntry: false });
    return { kind: 'found', path, stats: stats ?? null };
  } catch (error) {
    return unexpected(`a path that can be looked up (${fileErrorReason(error) ?? (error as Error).message})`);
  }
}

/** `http://127.0.0.1:8123`: without credentials, which would end up in logs and in the shell's history. */
export const httpUrl: ValueKind<string> = {
  valueName: 'URL',
  read: (given) => {
    const url = URL.parse(given);
    if (url === null || !/^https?:$/.test(url.protocol)) return unexpected('an http or https URL');
    if (url.username === '' && url.password === '') return value(url.href);
    return { kind: 'unexpected', expected: 'a URL without credentials', holdsSecret: true };
  },
};

/** An integer within bounds, both included. */
export function integer(minimum: number, maximum: number): ValueKind<number> {
  return {
    valueName: 'N',
    read: (given) => {
      const number = /^-?\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
      return number >= minimum && number <= maximum
        ? value(number)
        : unexpected(`a number from ${minimum} to ${maximum}`);
    },
  };
}

/** 0 asks for any free one. */
export const port: ValueKind<number> = integer(0, 65_535);

/** A day or a moment of UTC as people write it, or milliseconds since the epoch; read as the latter. */
export const instant: ValueKind<number> = {
  valueName: 'TIME',
  read: (given) => {
    const text = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/.test(given) ? given : null;
    const timeMs =
      text === null ? (/^\d{12,13}$/.test(given) ? Number(given) : Number.NaN) : Date.parse(text);
    // A 31st of June would be read as the 1st of July.
    const isOfCalendar = text === null || new Date(timeMs || 0).toISOString().startsWith(given.slice(0, 10));
    return timeMs >= 0 && timeMs < MAX_TIME_MS && isOfCalendar
      ? value(timeMs)
      : unexpected('a time such as 2024-08-09, 2024-08-09T12:30:00Z or 1723206600000');
  },
};

/** A decimal of zero or more, as canonical text: capital, a fee rate, slippage. */
export const amount: ValueKind<string> = {
  valueName: 'AMOUNT',
  read: (given) => {
    const decimal = parseDecimal(given);
    return decimal === null || decimal < 0n
      ? unexpected('a decimal of zero or more with at most 12 places, such as 0.001')
      : value(formatDecimal(decimal));
  },
};

/** One of a few words. */
export function choice<const Word extends string>(
  words: readonly Word[],
  valueName = words.join('|'),
): ValueKind<Word> {
  return {
    valueName,
    read: (given) => {
      const word = words.find((candidate) => candidate === given);
      return word === undefined ? unexpected(`one of ${words.join(', ')}`) : value(word);
    },
  };
}

/** `a,b,c`: at least one, none empty. */
export function commaSeparated<Value>(kind: ValueKind<Value>): ValueKind<readonly Value[]> {
  return {
    valueName: `${kind.valueName},…`,
    read: (given) => {
      const values: Value[] = [];
      for (const part of given.split(',')) {
        const read = kind.read(part.trim());
        if (read.kind === 'unexpected') return unexpected(`${read.expected}, several separated by commas`);
        values.push(read.value);
      }
      return value(values);
    },
  };
}

export interface JsonObject {
  readonly [key: string]: unknown;
}

/** A JSON object; what is inside is for the command to check. */
export const jsonObject: ValueKind<JsonObject> = {
  valueName: 'JSON',
  read: (given) => {
    const expected = unexpected('a JSON object such as {"fastPeriod":5,"slowPeriod":20}');
    try {
      const parsed: unknown = JSON.parse(given);
      return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
        ? value(parsed as JsonObject)
        : expected;
    } catch {
      return expected;
    }
  },
};
