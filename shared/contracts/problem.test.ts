import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { fieldErrors, firstFieldError, problemOf } from './problem.ts';

const schema = z.strictObject({
  name: z.string().min(1).max(3),
  interval: z.enum(['1s', '1m']),
  params: z.record(z.string(), z.number()),
  limit: z.int().min(1).max(5).optional(),
});
const good = { name: 'abc', interval: '1s', params: {} };

function told(input: unknown): string {
  const parsed = schema.safeParse(input);
  if (parsed.success) throw new Error('expected a refusal');
  return firstFieldError(fieldErrors(parsed.error), 'body');
}

describe('what is wrong with an input', () => {
  it.each<[unknown, string]>([
    [[], 'body: expected object, received array'],
    [{ ...good, name: undefined }, 'body.name: expected string, got nothing'],
    [{ ...good, name: 'abcd' }, 'body.name: expected string to have <=3 characters'],
    [{ ...good, name: '' }, 'body.name: expected string to have >=1 characters'],
    [{ ...good, interval: '2m' }, 'body.interval: expected one of 1s, 1m'],
    [{ ...good, params: 5 }, 'body.params: expected object, received number'],
    [{ ...good, params: { a: 'x' } }, 'body.params.a: expected number, received string'],
    [{ ...good, limit: 9 }, 'body.limit: expected number to be <=5'],
    [{ ...good, more: 1 }, 'body: unknown field "more"'],
    [{ ...good, more: 1, most: 2 }, 'body: unknown field "more", "most"'],
    [{}, 'body.name: expected string, got nothing (and 2 more)'],
  ])('%j is one clear line', (input, line) => {
    expect(told(input)).toBe(line);
  });

  it('stays on one line whatever it quotes', () => {
    expect(problemOf(400, 'body: got "a\r\nb"').detail).toBe('body: got "a b"');
  });
});
