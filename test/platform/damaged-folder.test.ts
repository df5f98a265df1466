import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runMillrace } from './run-millrace.ts';
import { syntheticLines, writeCapture } from './write-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-damage-'));
const whole = join(folder, 'whole');
const capture = join(folder, 'capture.ndjson.gz');

beforeAll(async () => {
  writeCapture(capture, syntheticLines({ seed: 1, instruments: 1, tradesPerSecond: 20 }, 5));
  const { code } = await runMillrace(['start', '--replay', capture, '--once', '--data-dir', whole]);
  expect(code).toBe(0);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files of a ClickHouse folder by name, wherever they lie in it. */
function filesNamed(name: string, within: string): string[] {
  return readdirSync(within, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(`/${name}`))
    .map((path) => join(within, path));
}

describe('a data folder of which something was lost is refused, and not taken for one in which nothing happened', () => {
  it.each<[string, (path: string) => void, RegExp]>([
    [
      'its state',
      (path) => rmSync(join(path, 'state.db')),
      /state\.db is missing or empty, and its log is there/,
    ],
    [
      'what its state held',
      (path) => writeFileSync(join(path, 'state.db'), ''),
      /state\.db is missing or empty, and its log is there/,
    ],
    [
      'its log',
      (path) => rmSync(join(path, 'log.db')),
      /log\.db is missing or empty, and its state is there/,
    ],
    [
      'its ClickHouse',
      (path) => rmSync(join(path, 'clickhouse'), { recursive: true }),
      /clickhouse is missing or empty, and its state is there/,
    ],
    [
      'a few rows',
      (path) => {
        for (const file of filesNamed('checksums.txt', join(path, 'clickhouse/store/store')))
          writeFileSync(file, 'x');
      },
      /clickhouse is damaged: rows of .*trades.* cannot be read/,
    ],
    [
      'the description of its tables',
      (path) => writeFileSync(join(path, 'clickhouse/store/metadata/millrace.sql'), 'x'),
      /clickhouse cannot be opened \(ClickHouse: Code: \d+\. /,
    ],
    [
      'its objects',
      (path) => {
        rmSync(join(path, 'objects'), { recursive: true });
        writeFileSync(join(path, 'objects'), '');
      },
      /objects: a file is in its place/,
    ],
  ])(
    '%s',
    async (name, damage, expected) => {
      const damaged = join(folder, name);
      cpSync(whole, damaged, { recursive: true, verbatimSymlinks: true });
      damage(damaged);
      // A second look must not find it well.
      for (let look = 0; look < 2; look++) {
        const { code, stdout, stderr } = await runMillrace(['state', '--data-dir', damaged]);
        expect(stderr).toMatch(expected);
        expect(stderr.trim().split('\n')).toHaveLength(1);
        expect([code, stdout]).toEqual([2, '']);
      }
    },
    60_000,
  );
});
