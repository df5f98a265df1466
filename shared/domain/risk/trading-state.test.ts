import { describe, expect, it } from '@jest/globals';
import { reasonByStates, withState, type SetState } from './trading-state.ts';

const state = (fields: Partial<SetState> = {}): SetState => ({
  scope: 'instrument',
  name: 'binance:BTC-USDT',
  state: 'HALTED',
  reason: 'the feed looks wrong',
  by: 'alice',
  atMs: 1000,
  untilMs: null,
  ...fields,
});
const order = { accountId: 'paper', strategyId: 's1', instrumentId: 'binance:BTC-USDT', reduces: false };
const sale = { ...order, reduces: true };

describe('a trading state', () => {
  it.each([
    ['account', 'paper'],
    ['strategy', 's1'],
    ['instrument', 'binance:BTC-USDT'],
  ] as const)(
    'HALTED of its %s denies an order and a sale, with who and why; others are let through',
    (scope, name) => {
      const states = [state({ scope, name })];
      const reason = `${scope} ${name} is HALTED by alice: the feed looks wrong`;
      expect([order, sale].map((one) => reasonByStates(one, states, 5000))).toEqual([reason, reason]);
      const others = { accountId: 'a', strategyId: 'b', instrumentId: 'c', reduces: false };
      expect(reasonByStates(others, states, 5000)).toBeNull();
      // The same name of another scope is another thing.
      const elsewhere = scope === 'account' ? 'strategy' : 'account';
      expect(reasonByStates(order, [state({ scope: elsewhere, name })], 5000)).toBeNull();
    },
  );

  it('REDUCING lets through what makes a position smaller, and nothing else', () => {
    const states = [state({ state: 'REDUCING' })];
    expect(reasonByStates(sale, states, 0)).toBeNull();
    expect(reasonByStates(order, states, 0)).toMatch(/^instrument binance:BTC-USDT is REDUCING by alice/);
  });

  it('of several the strictest counts', () => {
    const states = [state({ state: 'REDUCING' }), state({ scope: 'account', name: 'paper' })];
    expect(reasonByStates(sale, states, 0)).toMatch(/^account paper is HALTED/);
  });

  it('ends by itself at the instant that it was said to', () => {
    const states = [state({ untilMs: 60_000 })];
    expect(reasonByStates(order, states, 59_999)).toBe(
      'instrument binance:BTC-USDT is HALTED by alice until 1970-01-01T00:01:00.000Z: the feed looks wrong',
    );
    expect(reasonByStates(order, states, 60_000)).toBeNull();
  });

  it('takes the place of the one before it; ACTIVE lifts it, and what is over is forgotten', () => {
    const over = state({ scope: 'account', name: 'paper', untilMs: 2000 });
    const reducing = state({ state: 'REDUCING', atMs: 3000 });
    expect(withState([over, state()], reducing, 3000)).toEqual([reducing]);
    expect(withState([reducing], { ...state(), state: 'ACTIVE' }, 3000)).toEqual([]);
  });
});
