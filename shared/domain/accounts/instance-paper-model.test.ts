import { describe, expect, it } from '@jest/globals';
import { aStrategy } from '../../../test/support/strategy.ts';
import { decimal } from '../decimal.ts';
import { plainAccount, type Account } from './account.ts';
import { instancePaperModel, termsOfAccount, writtenInstanceModel } from './instance-paper-model.ts';
import { NO_LATENCY, type PaperModel } from './paper-model.ts';
import { readPaperModel } from './written-paper-model.ts';

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

  it('goes with its orders where fee and slippage do not say all of it', () => {
    const plain = plainAccount('plain');
    const instance = aStrategy({ byAccount: ['feeRate', 'slippage'], feeRate: '0.001' });
    expect(writtenInstanceModel(plain, instance)).toBeUndefined();
    expect(writtenInstanceModel(plain, aStrategy({ feeRate: '0', slippage: '0.01' }))).toBeUndefined();
    const models: readonly PaperModel[] = [
      account.paper,
      { ...plain.paper, makerFee: 0n },
      { ...plain.paper, fill: { ...plain.paper.fill, volumeCap: decimal('0.1') } },
      { ...plain.paper, latency: { baseMs: 1, jitterMs: 0, seed: 0 } },
    ];
    for (const paper of models)
      expect(readPaperModel(writtenInstanceModel({ paper }, instance)!)).toEqual(
        instancePaperModel({ paper }, instance),
      );
  });

  it('has figures to show: the fee of takers, and of a share of the volume none', () => {
    expect(termsOfAccount(account)).toEqual({ feeRate: decimal('0.002'), slippage: 0n });
    const fixed = { kind: 'fixed', fraction: decimal('0.0004') } as const;
    expect(termsOfAccount({ paper: { ...account.paper, slippage: fixed } }).slippage).toBe(fixed.fraction);
  });
});
