import { describe, expect, it } from '@jest/globals';
import { complaintAbout } from './check-commit-message.ts';

describe('a commit message', () => {
  it.each([
    'Candles close by trade time',
    'Candles close by trade time\n\nBecause …\n',
    '# a comment\nCandles close\n# more',
  ])('may be %j', (message) => {
    expect(complaintAbout(message)).toBeNull();
  });

  it.each([
    ['', 'the first line is empty; say what changed'],
    ['# only comments\n', 'the first line is empty; say what changed'],
    ['wip: candles', 'the first line says WIP; say what changed'],
    ['Candles\nand orders', 'the second line must be blank'],
    ['x'.repeat(101), 'the first line has 101 characters, expected at most 100'],
  ])('must not be %j', (message, complaint) => {
    expect(complaintAbout(message)).toBe(complaint);
  });
});
