import { describe, expect, it } from '@jest/globals';
import { readJsonObject } from './json-input.ts';

describe('a JSON object that is typed', () => {
  it('is read, and is empty when nothing is typed', () => {
    expect(readJsonObject('{"price": "61837.64"}')).toEqual({
      kind: 'object',
      object: { price: '61837.64' },
    });
    expect(readJsonObject('  \n')).toEqual({ kind: 'object', object: {} });
  });

  it.each(['[1]', '7', 'null', '"a"'])('is not %s', (text) => {
    expect(readJsonObject(text)).toMatchObject({
      kind: 'unreadable',
      detail: expect.stringMatching(/^expected a JSON object/),
    });
  });

  it('with a mistake is told what is wrong', () => {
    expect(readJsonObject('{price: 1}')).toMatchObject({
      kind: 'unreadable',
      detail: expect.stringMatching(/^expected JSON: /),
    });
  });
});
