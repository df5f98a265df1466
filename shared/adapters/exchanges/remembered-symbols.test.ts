import { describe, expect, it } from '@jest/globals';

import { rememberingSymbols } from './remembered-symbols.ts';

describe('symbols that are remembered', () => {
  it('are read once, and those that name nothing each time', () => {
    const read: string[] = [];
    const instrumentOf = rememberingSymbols((symbol) => {
      read.push(symbol);
      return symbol === '?' ? null : `binance:${symbol}-USDT`;
    });
    const answers = ['BTC', 'BTC', '?', '?'].map((symbol) => instrumentOf(symbol));
    expect(answers).toEqual(['binance:BTC-USDT', 'binance:BTC-USDT', null, null]);
    expect(read).toEqual(['BTC', '?', '?']);
  });

  it('are no more than a venue could have: the rest is read each time', () => {
    let reads = 0;
    const instrumentOf = rememberingSymbols((symbol) => {
      reads++;
      return `binance:A${symbol}-USDT`;
    });
    for (let pass = 0; pass < 2; pass++) for (let n = 0; n < 10_002; n++) instrumentOf(String(n));
    expect(reads).toBe(10_004);
  });
});
