import { describe, expect, it } from '@jest/globals';
import { aStrategy } from '../../../test/support/strategy.ts';
import { decimal } from '../decimal.ts';
import { plainAccount, type Account } from './account.ts';
import { instancePaperModel, termsOfAccount } from './instance-paper-model.ts';
import { NO_LATENCY } from './paper-model.ts';

const account: Account = {
  ...plainAccount('other'),
  paper: {
    ...plainAccount('other').paper,
    makerFee: decimal('0.0002'),
    takerFee: decimal('0.002'),
    slippage: { kind: 'volume-share', impact: decimal('0.1') },
    latency: { baseMs: 40, jitterMs: 20, seed: 7 },
  },
};

describe('how the orders of an instance fare', () => {
  it('is as its account says, where it states nothing', () => {
    const instance = aStrategy({ byAccount: ['feeRate', 'slippage'], feeRate: '0.002' });
    expect(instancePaperModel(account, instance)).toEqual(account.paper);
  });

  it('is as it states itself: one fee for makers and takers, a fixed slippage, and no latency on top of its own', () => {
    const instance = aStrategy({ feeRate: '0.003', slippage: '0.0001', latencyMs: 250 });
    expect(instancePaperModel(account, instance)).toEqual({
      makerFee: decimal('0.003'),
      takerFee: decimal('0.003'),
      slippage: { kind: 'fixed', fraction: decimal('0.0001') },
      latency: NO_LATENCY,
      fill: account.paper.fill,
    });
  });

  it('has figures to show: the fee of takers, and of a share of the volume none', () => {
    expect(termsOfAccount(account)).toEqual({ feeRate: decimal('0.002'), slippage: 0n });
    const fixed = { kind: 'fixed', fraction: decimal('0.0004') } as const;
    expect(termsOfAccount({ paper: { ...account.paper, slippage: fixed } }).slippage).toBe(fixed.fraction);
  });
});
