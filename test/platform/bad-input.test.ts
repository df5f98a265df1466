import { createServer } from 'node:net';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDataFolder } from '../../shared/adapters/embedded/data-folder.ts';
import { runMillrace } from './run-millrace.ts';
import { syntheticLines, writeCapture } from './write-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-bad-input-'));
const at = (name: string): string => join(folder, name);
const good = at('good.ndjson.gz');

beforeAll(() => {
  writeCapture(good, syntheticLines({ seed: 1, instruments: 1, tradesPerSecond: 5 }, 3));
  const whole = readFileSync(good);
  writeFileSync(at('truncated.ndjson.gz'), whole.subarray(0, whole.length - 40));
  writeFileSync(at('foreign.gz'), gzipSync('openTimeMs,open,high,low,close,volume\n1,1,1,1,1,1\n'));
  writeFileSync(at('plain.txt'), 'hello\n');
  const mtgox = { receivedAtNs: '1', exchange: 'mtgox', kind: 'ws', url: 'wss://x', message: '{}' };
  writeFileSync(at('mtgox.ndjson.gz'), gzipSync(`${JSON.stringify(mtgox)}\n`));
  const header = 'openTimeMs,open,high,low,close,volume\n';
  const backwards = syntheticLines({ seed: 1, instruments: 1, tradesPerSecond: 50 }, 2).reverse();
  writeCapture(at('backwards.ndjson.gz'), backwards);
  writeCapture(at('many.ndjson.gz'), tradesOf(401));
  writeFileSync(at('candles.csv'), `${header}1000,1,2,1,2,1\n2000,1,2,1,2,1\n`);
  writeFileSync(at('unsorted.csv'), `${header}2000,1,2,1,2,1\n1000,1,2,1,2,1\n`);
  writeFileSync(at('damaged.csv'), `${header}1000,1,2,1,two,1\n`);
  mkdirSync(at('foreign-folder'));
  writeFileSync(at('foreign-folder/thesis.doc'), 'chapter one');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One trade of each of so many instruments. */
function tradesOf(instruments: number): string[] {
  const [line] = syntheticLines({ seed: 1, instruments: 1, tradesPerSecond: 1 }, 1);
  return Array.from({ length: instruments }, (_, n) => line!.replaceAll('BTCUSDT', `SIM${n}USDT`));
}

const strategy = (fastPeriod: number): string[] => [
  ...['--strategy', 'ma-crossover', '--strategy-interval', '1s'],
  ...['--params', JSON.stringify({ fastPeriod, slowPeriod: 9 })],
];

/** A fresh data folder that must not come to be. */
const untouched = at('never-written');
const start = (...more: string[]): string[] => ['start', '--once', '--data-dir', untouched, ...more];
const run = (...more: string[]): string[] => [
  'backtest',
  '--strategy',
  'ma-crossover',
  '--params',
  '{"fastPeriod":1,"slowPeriod":2}',
  ...more,
];

describe('bad input gives one clear line, exit code 2, and writes nothing', () => {
  it.each<[string, string[], RegExp]>([
    [
      'a capture that is not there',
      start('--replay', at('missing.gz')),
      /--replay: expected a file that exists, got ".*missing\.gz"/,
    ],
    [
      'a truncated capture',
      start('--replay', at('truncated.ndjson.gz')),
      /truncated\.ndjson\.gz: .*(truncated|cut|end)/,
    ],
    ['a file of something else', start('--replay', at('foreign.gz')), /foreign\.gz: line 1: expected/],
    ['a file that is not gzip', start('--replay', at('plain.txt')), /plain\.txt: .*gzip/],
    [
      'an exchange that nobody knows',
      start('--replay', at('mtgox.ndjson.gz')),
      /mtgox\.ndjson\.gz: line 1: exchange: unknown exchange "mtgox" \(known: binance, coinbase, kraken\)/,
    ],
    [
      'a capture that begins at its end',
      start('--replay', at('backwards.ndjson.gz')),
      /backwards\.ndjson\.gz: line \d+: received 0\.\d+ s before line \d+: expected messages oldest first/,
    ],
    ['a beginning without a capture', start('--from', '2026-01-01'), /--from: expected with --replay/],
    [
      'a beginning before the capture',
      start('--replay', good, '--from', '2025-12-31'),
      /--from: expected a time from 2026-01-01T00:00:00\.\d+Z to 2026-01-01T00:00:03\.000Z, got 2025-12-31T00:00:00\.000Z/,
    ],
    [
      'a beginning past the end of the capture',
      start('--replay', good, '--from', '1767225603001'),
      /--from: expected a time from .+, got 2026-01-01T00:00:03\.001Z/,
    ],
    ['a beginning that is no time', start('--replay', good, '--from', 'noon'), /--from: expected .+"noon"/],
    [
      'a pipe as a capture',
      start('--replay', '/dev/null'),
      /--replay: expected a file that can be read twice/,
    ],
    [
      'a folder below a file',
      [...start().slice(0, -1), at('plain.txt/x')],
      /plain\.txt\/x: part of the path is not a folder/,
    ],
    ['an unknown option', start('--sped', '2'), /unknown option.*--sped.*--speed/],
    ['an unknown command', ['strat'], /unknown command.*strat.*start/],
    [
      'an unknown strategy',
      start('--replay', good, '--strategy', 'moon'),
      /unknown strategy "moon": expected one of ma-crossover/,
    ],
    [
      'parameters that make no sense',
      start('--replay', good, '--strategy', 'ma-crossover', '--params', '{"fastPeriod":9,"slowPeriod":3}'),
      /fastPeriod: expected less than slowPeriod/,
    ],
    [
      'parameters that are not JSON',
      start('--replay', good, '--params', '{fast}'),
      /--params: expected a JSON object/,
    ],
    [
      'parameters that are not complete',
      start('--replay', good, '--strategy', 'ma-crossover', '--params', '{"fastPeriod":9}'),
      /--params: slowPeriod: expected a whole number from 1 to 1000, got nothing/,
    ],
    [
      'parameters of no strategy',
      start('--replay', good, '--params', '{"fastPeriod":1,"slowPeriod":2}'),
      /--params: expected with --strategy/,
    ],
    [
      'a strategy on more instruments than may wait for one candle',
      start('--replay', at('many.ndjson.gz'), ...strategy(1)),
      /--strategy: expected at most 400 instances in all, one an instrument, got 401/,
    ],
    [
      'more capital than a decimal holds',
      run('--candles', at('candles.csv'), '--capital', '99999999999999999999999999'),
      /--capital: expected a decimal above zero and at most 1000000000000, got/,
    ],
    [
      'a seed for a recorded market',
      start('--replay', good, '--seed', '2'),
      /--seed: is of the simulated market, expected without --replay and --live/,
    ],
    [
      'a speed that is none',
      start('--replay', good, '--speed', 'fast'),
      /--speed: expected max or a number from 0.001 to 999999, such as 50, got "fast"/,
    ],
    ['a port that is none', start('--port', '99999'), /--port: expected a number from 0 to 65535/],
    ['symbols without an exchange', start('--symbols', 'BTCUSDT'), /--symbols: expected with --live/],
    [
      'a symbol that nobody lists',
      ['start', '--data-dir', untouched, '--live', 'binance', '--symbols', 'BTC$'],
      /--symbols: .*BTC\$/,
    ],
    [
      'candles out of order',
      run('--candles', at('unsorted.csv')),
      /unsorted\.csv: line 3: candles are not in order: 1000 does not follow 2000/,
    ],
    [
      'candles that are damaged',
      run('--candles', at('damaged.csv')),
      /damaged\.csv: line 2: close: expected a number, got "two"/,
    ],
    [
      'a risk limit of no rule',
      run('--candles', at('candles.csv'), '--limits', '{"maxLuck":1}'),
      /--limits.*maxLuck/,
    ],
    [
      'a risk limit that is none',
      run('--candles', at('candles.csv'), '--limits', '{"maxDailyLossRatio":2}'),
      /--limits.maxDailyLossRatio: expected number to be <=1/,
    ],
    ['candles without a strategy', ['backtest', '--candles', at('candles.csv')], /--strategy.* is missing/],
    [
      'a folder of something else',
      ['state', '--data-dir', at('foreign-folder')],
      /foreign-folder is not a data folder/,
    ],
    ['a folder without data', ['state', '--data-dir', untouched], /never-written holds no data/],
    ['a token for no platform', ['token', '--data-dir', untouched], /never-written holds no data/],
  ])(
    '%s',
    async (_, args, expected) => {
      const { code, stdout, stderr } = await runMillrace(args);
      expect(stderr).toMatch(expected);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect([code, stdout]).toEqual([2, '']);
      expect(existsSync(untouched)).toBe(false);
      expect(readdirSync(at('foreign-folder'))).toEqual(['thesis.doc']);
    },
    20_000,
  );

  it('a data folder that is in use', async () => {
    const dataFolder = openDataFolder(at('busy'), { market: 'simulated' });
    const before = readdirSync(at('busy'));
    const { code, stderr } = await runMillrace([
      'start',
      '--replay',
      good,
      '--once',
      '--data-dir',
      at('busy'),
    ]);
    expect([code, stderr]).toEqual([
      2,
      `millrace: data folder: ${at('busy')} is in use by process ${process.pid}\n`,
    ]);
    expect(readdirSync(at('busy'))).toEqual(before);
    dataFolder.close();
  }, 20_000);

  it('a strategy more than a data folder has room for', async () => {
    writeCapture(at('half.ndjson.gz'), tradesOf(201));
    const again = ['start', '--once', '--data-dir', at('half'), '--replay', at('half.ndjson.gz')];
    const first = await runMillrace([...again, ...strategy(1)]);
    expect(first.code).toBe(0);
    const { code, stderr } = await runMillrace([...again, ...strategy(2)]);
    expect(stderr).toBe(
      'millrace: --strategy: expected at most 400 instances in all, one an instrument, got 402\n',
    );
    expect(code).toBe(2);
    expect((await runMillrace(['state', '--data-dir', at('half')])).stdout).toBe(first.stdout);
    expect((await runMillrace([...again, ...strategy(1)])).stdout).toBe(first.stdout);
  }, 60_000);

  it('a data folder that is corrupt', async () => {
    openDataFolder(at('corrupt'), { market: 'simulated' }).close();
    writeFileSync(
      at('corrupt/state.db'),
      'this is no database, and long enough to be looked at: '.repeat(50),
    );
    const { code, stderr } = await runMillrace(['state', '--data-dir', at('corrupt')]);
    expect(stderr).toMatch(/^millrace: data folder: .*state\.db .*\n$/);
    expect(code).toBe(2);
  }, 20_000);

  it('a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      const { code, stderr } = await runMillrace([
        'start',
        '--replay',
        good,
        '--port',
        String(port),
        '--data-dir',
        untouched,
      ]);
      expect(stderr).toBe(
        `millrace: port ${port} on 127.0.0.1 is taken: stop what listens there, or choose another with --port\n`,
      );
      expect([code, existsSync(untouched)]).toEqual([2, false]);
    } finally {
      server.close();
    }
  }, 30_000);
});
