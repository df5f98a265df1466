import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  amount,
  choice,
  existingFile,
  folder,
  httpUrl,
  integer,
  jsonObject,
  port,
  rereadableFile,
  text,
  type ValueKind,
} from './option-values.ts';

const expectation = (kind: ValueKind<unknown>, given: string): string => {
  const read = kind.read(given);
  return read.kind === 'unexpected' ? read.expected : `accepted ${JSON.stringify(read.value)}`;
};

describe('a number', () => {
  it('is every integer within its bounds and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), (number) => {
        const inside = number >= -5 && number <= 500;
        expect(integer(-5, 500).read(String(number)).kind).toBe(inside ? 'value' : 'unexpected');
      }),
    );
  });

  it.each(['', ' 1', '1.5', '1e3', '0x10', 'NaN', '--1'])('is not %j', (given) => {
    expect(expectation(port, given)).toBe('a number from 0 to 65535');
  });
});

describe('an amount', () => {
  it('becomes canonical text', () => {
    expect(amount.read('0010.500')).toEqual({ kind: 'value', value: '10.5' });
  });

  it.each(['', '-1', '1e-3', '0.0000000000001', 'ten', '1,5'])('is not %j', (given) => {
    expect(expectation(amount, given)).toMatch(/^a decimal of zero or more/);
  });
});

describe('a JSON object', () => {
  it('is an object', () => {
    expect(jsonObject.read('{"fastPeriod":5}')).toEqual({ kind: 'value', value: { fastPeriod: 5 } });
  });

  it.each(['', '{', '[]', 'null', '5', '"text"'])('is not %j', (given) => {
    expect(expectation(jsonObject, given)).toMatch(/^a JSON object/);
  });
});

describe('a word', () => {
  it('is one of those offered', () => {
    expect(choice(['json', 'table']).read('table')).toEqual({ kind: 'value', value: 'table' });
    expect(expectation(choice(['json', 'table']), 'xml')).toBe('one of json, table');
  });

  it('is never empty', () => {
    expect(expectation(text('NAME'), '')).toBe('some text');
  });
});

describe('a URL', () => {
  it('is one of a web server', () => {
    expect(httpUrl.read('https://clickhouse.example:8443')).toEqual({
      kind: 'value',
      value: 'https://clickhouse.example:8443/',
    });
    expect(expectation(httpUrl, '127.0.0.1:8123')).toBe('an http or https URL');
    expect(expectation(httpUrl, 'ftp://127.0.0.1')).toBe('an http or https URL');
  });

  it('carries no password', () => {
    expect(expectation(httpUrl, 'https://user:secret@clickhouse.example')).toBe('a URL without credentials');
  });
});

describe('a path', () => {
  let place: string;
  let file: string;
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'millrace-options-'));
    file = join(place, 'capture.gz');
    writeFileSync(file, '');
  });
  afterAll(() => rmSync(place, { recursive: true }));

  it('of a file must lead to one', () => {
    expect(existingFile.read(file)).toEqual({ kind: 'value', value: file });
    expect(expectation(existingFile, join(place, 'other.gz'))).toBe('a file that exists');
    expect(expectation(existingFile, place)).toBe('a file, not a folder');
    expect(expectation(existingFile, '')).toBe('a file that exists');
  });

  it('of a file that is read twice must not lead to a pipe', () => {
    expect(rereadableFile.read(file)).toEqual({ kind: 'value', value: file });
    expect(expectation(rereadableFile, '/dev/null')).toBe('a file that can be read twice, not a pipe');
    expect(expectation(rereadableFile, place)).toBe('a file, not a folder');
  });

  it('that cannot be looked up is not the end of the program', () => {
    const tooLong = join(place, 'x'.repeat(5000));
    for (const kind of [existingFile, rereadableFile, folder])
      expect(expectation(kind, tooLong)).toBe('a path that can be looked up (the name is too long)');
  });

  it('of a folder must not lead to a file, and may lead nowhere yet', () => {
    expect(folder.read(place)).toEqual({ kind: 'value', value: place });
    expect(folder.read(join(place, 'new'))).toEqual({ kind: 'value', value: join(place, 'new') });
    expect(expectation(folder, file)).toBe('a folder');
    expect(expectation(folder, '')).toBe('a folder');
  });
});
