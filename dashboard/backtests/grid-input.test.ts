import { describe, expect, it } from '@jest/globals';
import { readNumbers } from './grid-input.ts';

describe('the values of a parameter', () => {
  it.each<[string, number[]]>([
    ['5', [5]],
    ['5, 10,20', [5, 10, 20]],
    [' 5 10;20 ', [5, 10, 20]],
    ['5-20:5', [5, 10, 15, 20]],
    ['5-11:5, 7', [5, 10, 7]],
    ['5, 5, 5-5:1', [5]],
    ['0.5', [0.5]],
  ])('are read from %j', (text, numbers) => {
    expect(readNumbers(text)).toEqual({ kind: 'numbers', numbers });
  });

  it.each([
    ['', 'expected at least one number'],
    ['5, a', 'expected numbers such as 5, 10 or a range such as 5-50:5, got "a"'],
    ['5-50', 'expected numbers such as 5, 10 or a range such as 5-50:5, got "5-50"'],
    ['5-50:0', 'expected numbers such as 5, 10 or a range such as 5-50:5, got "5-50:0"'],
    ['5-5:0', 'expected numbers such as 5, 10 or a range such as 5-50:5, got "5-5:0"'],
    ['50-5:5', 'expected numbers such as 5, 10 or a range such as 5-50:5, got "50-5:5"'],
    ['1e9', 'expected numbers such as 5, 10 or a range such as 5-50:5, got "1e9"'],
    ['1-900:1 1001-1900:1', 'expected at most 1000 numbers'],
  ])('are not read from %j, and the form says why', (text, detail) => {
    expect(readNumbers(text)).toEqual({ kind: 'unreadable', detail });
  });
});
