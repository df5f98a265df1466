import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { BENCHMARKS } from './benchmarks.ts';

const RUN = fileURLToPath(new URL('./run.ts', import.meta.url));

function bench(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUN, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('the benchmarks', () => {
  it('print a JSON line a figure, beside a reference that came to the same result', () => {
    const { status, stdout } = bench('candle-fold', '--runs', '1');
    expect(status).toBe(0);
    const lines = stdout.trim().split('\n');
    // Where the recorded data lie beside the project, their tape is folded as well.
    expect(lines.length).toBeGreaterThanOrEqual(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      figure: 'candle-fold',
      value: expect.any(Number),
      unit: 'ns/trade',
      referenceValue: expect.any(Number),
      ratio: expect.any(Number),
      runs: [expect.any(Number)],
      details: { trades: 600_000, candles: 600 },
    });
  }, 60_000);

  it('refuse a figure that there is not, in one line', () => {
    const names = Object.keys(BENCHMARKS).join(', ');
    expect(bench('candles')).toEqual({
      status: 2,
      stdout: '',
      stderr: `bench: no figure "candles", expected ${names}\n`,
    });
  });

  it.each([
    [['--runs', '0'], '--runs: expected a whole number from 1 to 100, got "0"\n'],
    [['--seconds', 'long'], '--seconds: expected a whole number from 1 to 3600, got "long"\n'],
    [['--fast'], "bench: Unknown option '--fast'\n"],
  ])('refuse %j in one line', (args, line) => {
    expect(bench(...args)).toEqual({ status: 2, stdout: '', stderr: line });
  });

  it('name all figures in their help', () => {
    const { status, stdout } = bench('--help');
    expect(status).toBe(0);
    for (const name of Object.keys(BENCHMARKS)) expect(stdout).toContain(name);
  });
});
