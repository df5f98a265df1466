import { describe, expect, it } from '@jest/globals';
import { BAR_RULE, formatBarRule, parseBarRule } from './bar-rule.ts';

describe('a rule for bars', () => {
  it.each([
    'tick:1',
    'tick:100',
    'volume:2.5',
    'volume:0.000000000001',
    'dollar:1000000',
    'dollar:99999999999999999999999999',
  ])('%s is read and written', (text) => {
    expect(formatBarRule(parseBarRule(text)!)).toBe(text);
  });

  it('is written in its shortest form', () => {
    expect(formatBarRule(parseBarRule('volume:2.50')!)).toBe('volume:2.5');
  });

  it.each([
    '',
    'tick',
    'tick:',
    'tick:0',
    'tick:1.5',
    'tick:-1',
    'tick:1e3',
    'volume:0',
    'volume:0.0',
    'volume:-1',
    'volume:1e3',
    'volume:.5',
    'volume:1.',
    'volume: 1',
    'volume:0.0000000000001',
    'volume:100000000000000000000000000',
    'volume:Infinity',
    'euro:1',
    'tick:1:1',
    'TICK:1',
    'dollar:x',
    'tick:1\n',
  ])('%j is none', (text) => {
    expect(parseBarRule(text)).toBeNull();
  });

  it.each(['tick:0', 'volume:0', 'volume:0.000000000000', 'dollar:-1'])(
    '%j is none for whoever knows the pattern alone',
    (text) => {
      expect(BAR_RULE.test(text)).toBe(false);
    },
  );
});
