import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { strategyInstance } from '../domain/strategies/instance.ts';
import { amountText, capitalText, decimalText, positiveDecimalText, rateText } from './decimal-text.ts';

const patternOf = (schema: z.ZodType): RegExp => new RegExp(z.toJSONSchema(schema).pattern ?? 'none');

/** Texts near decimals, right and wrong. */
const texts = fc.oneof(
  fc.stringMatching(/^-?[0-9]{1,28}([.][0-9]{0,14})?$/),
  fc.stringMatching(/^-?0[.][0-9]{1,13}$/),
  fc.constantFrom(
    '',
    '-0',
    '00',
    '0.',
    '.5',
    '1e3',
    '0.5',
    '0.499999999999',
    '1000000000000',
    '1000000000001',
    '٣',
  ),
);

describe('the pattern of a decimal in the API’s description', () => {
  it.each([
    ['decimalText', decimalText],
    ['positiveDecimalText', positiveDecimalText],
    ['amountText', amountText],
  ])('%s says exactly what is accepted', (_, schema) => {
    const pattern = patternOf(schema);
    fc.assert(
      fc.property(texts, (text) => {
        expect([text, pattern.test(text)]).toEqual([text, schema.safeParse(text).success]);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['capital', capitalText],
    ['feeRate', rateText],
    ['slippage', rateText],
  ] as const)('of %s says exactly what an instance takes', (field, schema) => {
    const pattern = patternOf(schema);
    const request = {
      accountId: 'a',
      name: 'ma-crossover',
      params: { fastPeriod: 1, slowPeriod: 2 },
      instrumentId: 'binance:BTC-USDT',
      interval: '1m',
      capital: '1',
      feeRate: '0',
      slippage: '0',
      latencyMs: null,
    } as const;
    fc.assert(
      fc.property(texts, (text) => {
        const taken =
          schema.safeParse(text).success && !('error' in strategyInstance({ ...request, [field]: text }));
        expect([text, pattern.test(text)]).toEqual([text, taken]);
      }),
      { numRuns: 2000 },
    );
  });
});
