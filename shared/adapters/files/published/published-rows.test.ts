import { describe, expect, it } from '@jest/globals';
import { decimal } from '../../../domain/decimal.ts';
import { layoutOfNames, layoutOfRow } from './published-layout.ts';
import { readPublishedRow } from './published-rows.ts';

const read = (line: string) => readPublishedRow(layoutOfRow(line.split(','))!, line.split(','));

describe('a row without a head', () => {
  it.each([
    ['spot trades', '28457,4.00000100,12.00000000,48.000012,1499865549590,true,true', 'trades'],
    ['futures trades', '28457,4.00000100,12.00000000,48.000012,1499865549590,true', 'trades'],
    ['spot aggTrades', '26129,0.01633102,4.70443515,27781,27781,1498793709153,True,True', 'aggTrades'],
    ['futures aggTrades', '26129,0.01633102,4.70443515,27781,27781,1498793709153,true', 'aggTrades'],
    ['klines', '1499040000000,0.1,0.8,0.01,0.05,14.8,1499644799999,2.4,308,1.7,0.2,17928899', 'klines'],
  ])('is told apart by its columns: %s', (_, line, kind) => {
    expect(layoutOfRow(line.split(','))?.kind).toBe(kind);
    expect(read(line)).toEqual(expect.objectContaining({ unit: 'ms' }));
  });

  it.each(['a,b,c', '1,2,3,4,5', '1,2,3,4,5,6,7,8,9,10,11', '1499040000000,0.1,0.8,0.01,0.05'])(
    'is nobody’s: %s',
    (line) => expect(layoutOfRow(line.split(','))).toBeNull(),
  );
});

describe('stamps', () => {
  const at = (stamp: string) => read(`1,4.5,1,4.5,${stamp},true,true`);
  it('are read in ms, and in µs as spot files have them since 2025', () => {
    expect(at('1735689600123')).toMatchObject({ timeMs: 1_735_689_600_123, unit: 'ms' });
    expect(at('1735689600123999')).toMatchObject({ timeMs: 1_735_689_600_123, unit: 'us' });
  });

  it.each(['1735689600', '0', '17356896001239990', '-1', '1735689600123.5', ''])(
    'are refused: %s',
    (stamp) => {
      expect(at(stamp)).toMatch(/^time: expected a stamp in ms or µs/);
    },
  );
});

describe('columns with names', () => {
  it('are found in any order, under the names that files give them', () => {
    const layout = layoutOfNames(['Time', 'TradeId', 'takerSide', 'quantity', 'price'])!;
    expect(readPublishedRow(layout, [1_735_689_600_000n, 7n, 'SELL', 0.1, '4.5'])).toEqual({
      ...{ kind: 'trade', tradeId: 7, price: decimal('4.5'), quantity: decimal('0.1'), isBuyerMaker: true },
      ...{ timeMs: 1_735_689_600_000, unit: 'ms' },
    });
  });

  it('may be those of a candle alone, with the noise of doubles', () => {
    const layout = layoutOfNames(['openTimeMs', 'open', 'high', 'low', 'close', 'volume'])!;
    const cells = ['1735689600000', '0.09946999000000001', '1e-1', '0.09', '0.095', '2'];
    expect(readPublishedRow(layout, cells)).toMatchObject({
      ...{ kind: 'candle', open: decimal('0.09946999'), high: decimal('0.1'), tradeCount: 0 },
    });
  });
});

describe('a row that cannot be', () => {
  it.each([
    ['1,0,1,0,1735689600000,true,true', 'price: expected a decimal above zero, got "0"'],
    [
      '1,0.0000000000001,1,0,1735689600000,true,true',
      'price: expected at most 12 decimal places, got "0.0000000000001"',
    ],
    ['1,4.5,-1,0,1735689600000,true,true', 'quantity: expected a decimal above zero, got "-1"'],
    ['1.5,4.5,1,0,1735689600000,true,true', 'id: expected digits, got "1.5"'],
    ['1735689600000,2,1,3,2,1,1735689659999,2,1,1,1,0', 'low and high: expected low ≤ open, close ≤ high'],
    [
      '1735689600000,2,3,1,2,1,1735689659999,2,1,9,1,0',
      'volume: expected zero or more, and no more bought than traded',
    ],
    [
      '1735689600000,2,3,1,2,1,1735689659999,2,0,1,1,0',
      'count: expected none where nothing was traded, and some where it was',
    ],
  ])('%s', (line, cause) => {
    const layout = layoutOfRow(line.split(','))!;
    expect(readPublishedRow(layout, line.split(','))).toBe(cause);
  });
});
