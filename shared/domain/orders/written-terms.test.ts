import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { paperModel, terms } from '../../../test/support/generated-steps.ts';
import { order as orderContract } from '../../contracts/events.ts';
import { orderTerms } from '../../contracts/order-terms.ts';
import { paperModel as paperContract } from '../../contracts/paper-model.ts';
import { anOrder } from '../../../test/support/order.ts';
import { readPaperModel, writePaperModel } from '../accounts/written-paper-model.ts';
import { problemOfTerms } from './terms.ts';
import { problemOfWrittenTerms, termsOf, writtenTerms, type WrittenTerms } from './written-terms.ts';

const MARKET: WrittenTerms = { side: 'BUY', type: 'MARKET', quantity: '1', quoteQuantity: null };
const LIMIT: WrittenTerms = { ...MARKET, type: 'LIMIT', price: '10' };

describe('terms as they are written', () => {
  it('are the same when they are read, and the contract takes them', () => {
    fc.assert(
      fc.property(terms, (asked) => {
        const written = writtenTerms(asked);
        expect(termsOf(JSON.parse(JSON.stringify(written)) as WrittenTerms)).toEqual(asked);
        expect(orderTerms.parse(written)).toEqual(written);
      }),
    );
  });

  it('of a plain market order say no more than they did before there were others', () => {
    expect(JSON.stringify(writtenTerms(termsOf(MARKET)))).toBe(JSON.stringify(MARKET));
    const { status: _, statusReason: __, filledQuantity: ___, averagePrice: ____, ...plain } = anOrder(1);
    expect(JSON.stringify(orderContract.parse(plain))).toBe(JSON.stringify(plain));
  });

  it.each<[string, WrittenTerms]>([
    ['a LIMIT order needs its price', { ...MARKET, type: 'LIMIT' }],
    ['a MARKET order has no price', { ...MARKET, price: '10' }],
    ['a STOP order has no postOnly', { ...MARKET, type: 'STOP', stopPrice: '9', postOnly: true }],
    ['a TRAILING_STOP order needs its trail', { ...MARKET, type: 'TRAILING_STOP' }],
    ['a LIMIT order needs its quantity', { ...LIMIT, quantity: null, quoteQuantity: '10' }],
    ['an order is by quantity or by an amount to spend, not by both', { ...MARKET, quoteQuantity: '10' }],
    ['the amount to spend is not above zero', { ...MARKET, quantity: null }],
    ['GTD, and no other, has a time until which it is good', { ...LIMIT, timeInForce: 'GTD' }],
    ['an order that only posts cannot be immediate', { ...LIMIT, postOnly: true, timeInForce: 'IOC' }],
  ])('are refused: %s', (problem, written) => {
    expect(problemOfWrittenTerms(written)).toBe(problem);
    const refused = orderTerms.safeParse(written);
    expect(refused.error?.issues.map(({ message }) => message)).toEqual([problem]);
    expect(orderContract.safeParse({ ...anOrder(1), ...written }).success).toBe(false);
  });

  it('are refused where those that they are read as would be', () => {
    const anything = fc.record({
      asked: terms,
      goodTillMs: fc.option(fc.constant(1)),
      postOnly: fc.boolean(),
    });
    fc.assert(
      fc.property(anything, ({ asked, goodTillMs, postOnly }) => {
        const other = { ...asked, goodTillMs, ...('postOnly' in asked ? { postOnly } : {}) };
        expect(problemOfWrittenTerms(writtenTerms(other))).toBe(problemOfTerms(other));
      }),
    );
  });
});

it('a paper model is the same when it is read, and its contract takes it', () => {
  fc.assert(
    fc.property(paperModel, (model) => {
      const written = writePaperModel(model);
      expect(readPaperModel(written)).toEqual(model);
      expect(paperContract.parse(written)).toEqual(written);
    }),
  );
});
