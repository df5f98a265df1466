/** Each market has a data folder of its own, from the command line on. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Totals } from '../../embedded/totals.ts';
import { BinanceVenue } from '../../simulator/binance-venue.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tradeInRealTime } from '../support/trade-in-real-time.ts';
import { runMillrace, type RunOptions } from './run-millrace.ts';
import { syntheticLines, writeCapture } from './write-capture.ts';

const PARAMETERS = { seed: 1, instruments: 1, tradesPerSecond: 20 };
const SECONDS = 5;
const entry = fileURLToPath(new URL('../../bin/millrace.ts', import.meta.url));
const cwd = temporaryFolder();
const at = (...names: string[]): string => join(cwd, ...names);
const millrace = async (args: readonly string[], options: RunOptions = {}) =>
  runMillrace(args, { cwd, ...options });
const totalsOf = ({ stdout }: { readonly stdout: string }): Totals => JSON.parse(stdout) as Totals;

/** Everything in a folder, with when it was last changed. */
const snapshotOf = (path: string): Record<string, number> =>
  Object.fromEntries(
    readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => [
      name,
      statSync(join(path, name)).mtimeMs,
    ]),
  );

beforeAll(() => {
  const lines = syntheticLines(PARAMETERS, SECONDS);
  writeCapture(at('simulated.ndjson.gz'), lines);
  // Its ids are below those of the simulated market, as those of a venue are.
  const recorded = lines.map((line) =>
    line.replace('simulator://binance/stream', 'wss://stream.binance.com:9443/stream'),
  );
  writeCapture(
    at('real.ndjson.gz'),
    recorded.map((line) =>
      line.replaceAll(/("t\\?":)(\d+)/g, (_, key: string, id: string) => `${key}${Number(id) % 1_000_000}`),
    ),
  );
});

let running: ChildProcess | null = null;
afterEach(() => void running?.kill('SIGKILL'));

const START = ['start', '--once', '--speed', 'max'];
const REPLAY_REAL = [...START, '--replay', 'real.ndjson.gz'];
const TRADES = PARAMETERS.tradesPerSecond * SECONDS;

describe('npm start, and then what the README goes on with', () => {
  it('fills the folder of the simulated market, and a capture of a venue the one of the real market, whole', async () => {
    const simulated = await millrace([...START, '--seconds', '5', '--instruments', '1']);
    expect(simulated.code).toBe(0);
    expect(totalsOf(simulated)).toMatchObject({ market: 'simulated' });
    const replayed = await millrace(REPLAY_REAL);
    expect(replayed.code).toBe(0);
    expect(totalsOf(replayed)).toMatchObject({ market: 'real', trades: TRADES, quarantined: 0 });
    expect(readdirSync(at('.millrace')).sort()).toEqual(['real', 'simulated']);
  }, 120_000);

  it('is read where a start was last, which is told', async () => {
    const last = await millrace(['state']);
    expect([last.code, last.stderr]).toEqual([0, 'data folder: ./.millrace/real\n']);
    expect(totalsOf(last)).toMatchObject({ market: 'real', trades: TRADES });
    await millrace([...START, '--replay', 'simulated.ndjson.gz']);
    const other = await millrace(['token', '--lifetime', '60']);
    expect([other.code, other.stderr]).toEqual([0, 'data folder: ./.millrace/simulated\n']);
    const listed = await millrace(['quarantine', 'list']);
    expect([listed.stdout, listed.stderr]).toEqual(['[]\n', 'data folder: ./.millrace/simulated\n']);
  }, 120_000);

  it('is not changed by a command that was not told in which of both', async () => {
    for (const args of [['migrate'], ['redrive'], ['quarantine', 'redrive']]) {
      expect(await millrace(args)).toEqual({
        code: 2,
        stdout: '',
        stderr:
          'millrace: --data-dir is missing: expected .millrace/real or .millrace/simulated, both hold data\n',
      });
    }
  }, 60_000);

  it('stays apart: the other market’s folder is refused, and nothing in it is changed', async () => {
    for (const [folder, args, market] of [
      ['.millrace/simulated', REPLAY_REAL, 'real'],
      ['.millrace/simulated', ['start', '--live', 'binance', '--symbols', 'BTCUSDT', '--port', '0'], 'real'],
      ['.millrace/real', START, 'simulated'],
      ['.millrace/real', [...START, '--replay', 'simulated.ndjson.gz'], 'simulated'],
    ] as const) {
      const before = snapshotOf(at(folder));
      const { code, stdout, stderr } = await millrace([...args, '--data-dir', folder]);
      expect(stderr).toBe(
        `millrace: data folder: ${at(folder)} is of the ${folder.slice(10)} market, and this is the ${market} one: ` +
          'expected another folder (without --data-dir each market has its own)\n',
      );
      expect([code, stdout]).toEqual([2, '']);
      expect(snapshotOf(at(folder))).toEqual(before);
    }
  }, 60_000);
});

describe('a venue that is listened to', () => {
  let venue: BinanceVenue;
  beforeAll(async () => {
    venue = await BinanceVenue.open();
  });
  afterAll(async () => venue.close());

  it('is simulated where it is a stand-in, and every trade of it is stored', async () => {
    const market = new SyntheticMarket({ seed: 9, instruments: 2, tradesPerSecond: 20 });
    const symbols = market.instrumentIds.map((id) => id.split(':')[1]).join(',');
    const { ws, rest } = venue.endpoints;
    const published = new Set<string>();
    const args = [entry, 'start', '--live', 'binance', '--symbols', symbols, '--port', '0'];
    const env = { ...process.env, MILLRACE_BINANCE_WS: ws, MILLRACE_BINANCE_REST: rest };
    running = spawn(process.execPath, [...args, '--data-dir', 'live'], { cwd, stdio: 'ignore', env });
    while (venue.listeners === 0) await sleep(20);
    const end = tradeInRealTime(venue, market, published);
    await sleep(3000);
    end();
    await sleep(1500);
    const ended = new Promise((resolve) => running!.once('close', resolve));
    running.kill('SIGTERM');
    await ended;
    const state = await millrace(['state', '--data-dir', 'live']);
    expect(totalsOf(state)).toMatchObject({ market: 'simulated', trades: published.size, quarantined: 0 });
  }, 60_000);

  it('is refused where only one of its two addresses stands in', async () => {
    const live = ['start', '--live', 'binance', '--symbols', 'BTCUSDT', '--port', '0', '--data-dir', 'half'];
    const { ws } = venue.endpoints;
    const one = await millrace(live, { env: { MILLRACE_BINANCE_WS: ws } });
    expect([one.code, one.stderr]).toEqual([
      2,
      'millrace: MILLRACE_BINANCE_WS and MILLRACE_BINANCE_REST: expected both or neither\n',
    ]);
    const rest = 'https://api.binance.com';
    const mixed = await millrace(live, { env: { MILLRACE_BINANCE_WS: ws, MILLRACE_BINANCE_REST: rest } });
    expect([mixed.code, mixed.stderr]).toEqual([
      2,
      `millrace: binance: ${ws} is of the simulated market and ${rest} of the real one\n`,
    ]);
  }, 60_000);
});

describe('captures of both markets', () => {
  it('are refused before anything is written, in two files or in one', async () => {
    const both = await millrace([...REPLAY_REAL, '--replay', 'simulated.ndjson.gz', '--data-dir', 'mixed']);
    expect([both.code, both.stderr]).toEqual([
      2,
      `millrace: --replay: ${at('simulated.ndjson.gz')}: line 1 is of the simulated market and ` +
        `${at('real.ndjson.gz')}: line 1 of the real one: expected captures of one market\n`,
    ]);
    const lines = syntheticLines(PARAMETERS, SECONDS);
    writeCapture(at('both.ndjson.gz'), [
      ...lines.slice(0, -1),
      lines.at(-1)!.replace('simulator://', 'wss://api.binance.com/'),
    ]);
    const within = await millrace([...START, '--replay', 'both.ndjson.gz', '--data-dir', 'mixed']);
    expect([within.code, within.stderr]).toEqual([
      2,
      expect.stringMatching(
        /both\.ndjson\.gz: line 1 is of the simulated market and .*: line \d+ of the real one/,
      ),
    ]);
    expect(readdirSync(cwd)).not.toContain('mixed');
  }, 60_000);
});

describe('a data folder from before folders had a market', () => {
  /** As the release before left it. */
  const forget = (path: string) => writeFileSync(join(path, 'format.json'), '{"format":1}\n');

  it('is looked at as it is, and goes on once it was said of which market it is', async () => {
    const old = at('old');
    await millrace([...REPLAY_REAL, '--data-dir', 'old']);
    forget(old);
    const looked = await millrace(['state', '--data-dir', 'old']);
    expect(totalsOf(looked)).toMatchObject({ market: null, trades: TRADES });
    const asked = await millrace([...REPLAY_REAL, '--data-dir', 'old']);
    expect([asked.code, asked.stderr]).toEqual([
      2,
      expect.stringMatching(/--market simulated or --market real/),
    ]);
    const wrong = await millrace([...REPLAY_REAL, '--market', 'simulated', '--data-dir', 'old']);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      'millrace: --market simulated: what was asked for is of the real market\n',
    ]);
    expect(readFileSync(join(old, 'format.json'), 'utf8')).toBe('{"format":1}\n');
    const goesOn = await millrace([...REPLAY_REAL, '--market', 'real', '--data-dir', 'old']);
    expect(totalsOf(goesOn)).toMatchObject({ market: 'real', trades: TRADES });
    expect((await millrace([...REPLAY_REAL, '--data-dir', 'old'])).code).toBe(0);
  }, 120_000);

  it('where the markets’ folders lie now, is not passed over', async () => {
    const home = temporaryFolder();
    const inHome = async (...args: string[]) => runMillrace(args, { cwd: home });
    await inHome(...START, '--seconds', '2', '--data-dir', '.millrace');
    forget(join(home, '.millrace'));
    expect(await inHome(...START)).toMatchObject({
      code: 2,
      stderr:
        'millrace: data folder: ./.millrace is one itself, from before each market had its own: ' +
        'go on with it by --data-dir .millrace --market simulated|real, or move it away\n',
    });
    expect((await inHome('state')).stderr).toBe('data folder: ./.millrace\n');
  }, 60_000);
});
