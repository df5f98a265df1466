import { expect, it } from '@jest/globals';
import type { FillModel } from '../../shared/domain/accounts/paper-model.ts';
import { ExitCaseRun, readExitCases } from './published-exits.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

/** By their numbers, the cases that come out otherwise than published, and what they come to. */
function differing(fill: Partial<FillModel>): Readonly<Record<number, number>> {
  const outcomes = readExitCases(dataFolder).map((asked) => ({
    asked,
    ours: new ExitCaseRun(asked, fill).run(),
  }));
  return Object.fromEntries(
    outcomes
      .filter(({ asked, ours }) => JSON.stringify(ours) !== JSON.stringify(asked.expected))
      .map(({ asked, ours }) => [asked.case, ours.sumOfReturns]),
  );
}

/** Each is explained in docs/EXITS.md. */
const BY_DEFINITION = {
  16: -0.005,
  24: -0.03,
  40: -0.02,
  48: -0.031,
};

/** That project fills a limit only where the price goes through it. */
const THROUGH = { queue: { kind: 'through' } } as const;

describeConformance('exits over candles equal those that another project publishes', () => {
  it('in 32 of 36 cases where a best price is taken to come before the worst, as it does', () => {
    expect(readExitCases(dataFolder)).toHaveLength(36);
    expect(differing({ ...THROUGH, trailing: 'best-first' })).toEqual(BY_DEFINITION);
  });

  it('in 30 where a trailing stop goes off within a candle only where that is proven', () => {
    expect(differing(THROUGH)).toEqual({ ...BY_DEFINITION, 9: -0.064, 12: -0.03 });
  });
});
