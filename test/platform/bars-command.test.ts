import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runMillrace } from './run-millrace.ts';
import { writeCapture } from './write-capture.ts';

const folder = temporaryFolder();
/** 2026-01-01T00:00:00Z. */
const START_MS = 1_767_225_600_000;

function line(at: number, id: number, fields: Readonly<Record<string, unknown>> = {}): string {
  const T = START_MS + at;
  const data = { e: 'trade', E: T, s: 'BTCUSDT', t: id, p: '10', q: '1', T, m: false, ...fields };
  return JSON.stringify({
    receivedAtNs: `${T + 5}000000`,
    exchange: 'binance',
    kind: 'ws',
    url: 'wss://stream.binance.com:9443/stream',
    message: JSON.stringify({ stream: 'btcusdt@trade', data }),
  });
}

async function ofCapture(name: string, lines: readonly string[], by: string) {
  const path = join(folder, `${name}.ndjson.gz`);
  writeCapture(path, lines);
  return runMillrace(['bars', '--capture', path, '--by', by]);
}

const shown = (stdout: string) =>
  (
    JSON.parse(stdout) as { number: string; firstTradeId: string; lastTradeId: string; closed: boolean }[]
  ).map(({ number, firstTradeId, lastTradeId, closed }) => [number, firstTradeId, lastTradeId, closed]);

const ROWS = [
  `7,10,1,10,${START_MS},true,true`,
  `8,11,2,22,${START_MS + 1},false,true`,
  `9,12,0,0,${START_MS + 2},true,true`,
  `9,12,-1,0,${START_MS + 2},true,true`,
  `9,12,1e2,0,${START_MS + 2},true,true`,
  `9,12,1000000000000000,0,${START_MS + 3},true,true`,
];
function file(name: string, rows: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, rows.join('\n'));
  return path;
}

describe('the bars command', () => {
  it('puts late trades in their place and leaves known ones out', async () => {
    const lines = [line(0, 1), line(300, 4), line(100, 2), line(200, 3), line(100, 2), line(400, 5)];
    const { code, stdout, stderr } = await ofCapture('late', lines, 'tick:2');
    expect([code, shown(stdout)]).toEqual([
      0,
      [
        ['0', '1', '2', true],
        ['1', '3', '4', true],
        ['2', '5', '5', false],
      ],
    ]);
    expect(stderr).toContain('note: 1 trades came again, and count once');
  });

  it('leaves the last bar of a market open, though the bar of a day before is over', async () => {
    const { stdout } = await ofCapture('thin', [line(0, 1), line(86_400_000, 2)], 'volume:1000');
    expect(shown(stdout)).toEqual([
      ['0', '1', '1', true],
      ['0', '2', '2', false],
    ]);
  });

  it('says what it set aside: sizes of zero and negative ones; an exponent is a number like another', async () => {
    const lines = [line(0, 1), line(1, 2, { q: '0' }), line(2, 3, { q: '-1' }), line(3, 4, { q: '1e2' })];
    const { code, stdout, stderr } = await ofCapture('bad-sizes', lines, 'tick:1');
    expect([code, shown(stdout)]).toEqual([
      0,
      [
        ['0', '1', '1', true],
        ['1', '4', '4', true],
      ],
    ]);
    expect(stdout).toContain('"volume":"100"');
    expect(stderr).toMatch(
      /2 trades.*set aside: 2 .*quantity: expected a decimal above zero.*first in line 2/,
    );
  });

  it('says the same of published trades, of which a huge one leaves bars out', async () => {
    const path = file('BTCUSDT-trades-2026-01-01.csv', [...ROWS, `10,12,1,0,${START_MS + 4},true,true`]);
    const { code, stdout, stderr } = await runMillrace(['bars', '--file', path, '--by', 'volume:3']);
    expect([code, shown(stdout)]).toEqual([
      0,
      [
        ['0', '7', '8', true],
        ['1', '9', '9', true],
        ['333333333333334', '10', '10', false],
      ],
    ]);
    expect(stderr).toContain(`${path}: 7 rows; set aside: 3, first ${path}: line 3: quantity: expected`);
    expect(stderr).toContain('cut short: 2026-01-01');
  });

  it('ends the day of a file that has all of it', async () => {
    const rows = [0, 20, 40, 60, 80].map(
      (quarter, n) => `${n},10,1,10,${START_MS + quarter * 1_075_000},true,true`,
    );
    const { stdout } = await runMillrace([
      'bars',
      '--file',
      file('BTCUSDT-trades-2026-01-01.csv', rows),
      '--by',
      'volume:1000',
    ]);
    expect(shown(stdout)).toEqual([['0', '0', '4', true]]);
  });

  it('refuses in one line what it can make no bars of', async () => {
    const capture = join(folder, 'one.ndjson.gz');
    writeCapture(capture, [line(0, 1)]);
    const trades = file('BTCUSDT-trades-2026-01-01.csv', ROWS);
    const unnamed = file('some.csv', ROWS);
    const klines = file('BTCUSDT-1m-2026-01-01.csv', [
      `${START_MS},1,1,1,1,1,${START_MS + 59_999},1,1,1,1,0`,
    ]);
    const empty = file('BTCUSDT-trades-2026-01-02.csv', ['x,y,z']);
    const by = ['--by', 'tick:1'];
    const wrong: (readonly [string[], string])[] = [
      [['--capture', capture], '--by RULE is missing'],
      [['--capture', capture, '--by', 'tick:1.5'], '--by: expected tick:N, volume:N or dollar:N'],
      [['--capture', capture, '--by', 'volume:0'], '--by: expected tick:N, volume:N or dollar:N'],
      [by, 'expected --capture with a recorded market, or --file'],
      [
        ['--capture', capture, '--file', trades, ...by],
        'expected --capture with a recorded market, or --file',
      ],
      [
        ['--capture', capture, '--instrument', 'binance:BTC-USDT', ...by],
        '--instrument: expected with --file',
      ],
      [['--file', unnamed, ...by], '--instrument is missing'],
      [
        ['--file', unnamed, '--instrument', 'nowhere:BTC-USDT', ...by],
        '--instrument: expected an id such as',
      ],
      [['--file', klines, ...by], 'expected single trades, of which bars are made, got klines'],
      [['--file', empty, ...by], 'expected the columns of klines, trades or aggTrades'],
      [['--capture', trades, ...by], 'BTCUSDT-trades-2026-01-01.csv'],
    ];
    for (const [args, said] of wrong) {
      const { code, stdout, stderr } = await runMillrace(['bars', ...args]);
      expect([args, code, stdout]).toEqual([args, 2, '']);
      expect(stderr).toContain(said);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
  });
});
