import { describe, expect, it } from '@jest/globals';
import { formatResult } from './format-result.ts';

describe('JSON', () => {
  it('is one line in a pipe and indented on a terminal', () => {
    expect(formatResult({ cash: '10' }, 'json', false)).toBe('{"cash":"10"}\n');
    expect(formatResult({ cash: '10' }, 'json', true)).toBe('{\n  "cash": "10"\n}\n');
  });
});

describe('a table', () => {
  it('has a row for each object, with numbers at the right', () => {
    const candles = [
      { interval: '1m', open: '61837.63', trades: 7 },
      { interval: '1s', open: '9.5', trades: 12, late: true },
    ];
    expect(formatResult(candles, 'table', true)).toBe(
      'interval  open      trades  late\n' +
        '1m        61837.63       7  -\n' +
        '1s             9.5      12  true\n',
    );
  });

  it('has a row for each field of one object, and a table below for each field that is one', () => {
    const report = {
      hash: 'ab',
      openPosition: null,
      at: [1, 2],
      metrics: { sharpe: 1.5 },
      trades: [{ profit: '1' }],
    };
    expect(formatResult(report, 'table', true)).toBe(
      'hash          ab\nopenPosition  -\nat            [1,2]\n\nmetrics\nsharpe  1.5\n\ntrades\nprofit\n     1\n',
    );
  });

  it('says that a list is empty', () => {
    expect(formatResult([], 'table', true)).toBe('(none)\n');
  });

  it('prints a list of plain values one a line', () => {
    expect(formatResult(['a', null], 'table', true)).toBe('a\n-\n');
  });
});
