import { describe, expect, it } from '@jest/globals';
import { composed, exchangeOf, isInstrumentId, pairOf } from './instrument.ts';

describe('an instrument id', () => {
  it.each([
    'binance:BTC-USDT',
    'binance:1000SHIB-USDT',
    'binance:U-T',
    'binance:币安人生-USDT',
    'kraken:AAPLx-USD',
    'coinbase:שלום-USD',
    'coinbase:Ő٣-USD',
    'binance:𠀀-USDT',
  ])('may be %s, whatever script its codes are of', (id) => {
    expect(isInstrumentId(id)).toBe(true);
    expect(isInstrumentId(`${exchangeOf(id)}:${pairOf(id)}`)).toBe(true);
  });

  it.each([
    ['small letters', 'binance:btc-usdt'],
    ['a slash', 'binance:A/B-USDT'],
    ['a colon', 'binance:A:B-USDT'],
    ['a second hyphen', 'binance:A-B-USDT'],
    ['a hyphen of another sort', 'binance:A\u2010B-USDT'],
    ['a space', 'binance:A B-USDT'],
    ['a line', 'binance:BTC-USDT\n'],
    ['a mark that turns the direction', 'binance:\u202eBTC-USDT'],
    ['a mark that nobody sees', 'binance:BTC\u200d-USDT'],
    ['a letter that nobody sees', 'binance:BTC\u3164-USDT'],
    ['a sign', 'binance:💎-USDT'],
    ['half a letter', 'binance:\ud840-USDT'],
    ['too many letters', `binance:${'A'.repeat(21)}-USDT`],
    ['no code', 'binance:-USDT'],
    ['a percent sign', 'binance:%41-USDT'],
    ['an exchange of other letters', 'bіnance:BTC-USDT'],
  ])('has not %s', (_, id) => {
    expect(isInstrumentId(id)).toBe(false);
  });

  it('has one spelling: what is typed apart is composed', () => {
    const apart = 'coinbase:E\u0301CU-USD';
    expect(isInstrumentId(apart)).toBe(false);
    expect(isInstrumentId(composed(apart))).toBe(true);
    expect(composed(apart)).toBe('coinbase:ÉCU-USD');
  });

  it.each([
    ['a sign for the letter', 'binance:\u212b-USDT', 'binance:Å-USDT'],
    ['the parts of a syllable', 'binance:\u1112\u1161\u11ab-USDT', 'binance:한-USDT'],
  ])('is refused in another spelling, %s', (_, apart, whole) => {
    expect([isInstrumentId(apart), isInstrumentId(whole)]).toEqual([false, true]);
    expect(composed(apart)).toBe(whole);
  });

  it('is another one where a letter looks alike', () => {
    const [latin, cyrillic] = ['binance:BTC-USDT', 'binance:ВТС-USDT'];
    expect(isInstrumentId(cyrillic)).toBe(true);
    expect(cyrillic).not.toBe(latin);
  });
});
