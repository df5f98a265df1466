import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import { flaggedByIds, observeTold } from '../../../shared/domain/market-data/observed-trade.ts';
import { nothingSeen, type SeenTrades } from '../../../shared/domain/market-data/seen-trades.ts';
import type { EachStep } from '../../command-line/capture-steps.ts';

/** The steps of a tape with the flags that its trades get as they are stored. */
export function flaggedSteps(eachStep: EachStep): EachStep {
  return async (take) => {
    const known = new Map<InstrumentId, SeenTrades>();
    await eachStep((step) => {
      if (step.kind !== 'trade') {
        take(step);
        return;
      }
      const { trade } = step;
      const seen = known.get(trade.instrumentId) ?? nothingSeen();
      known.set(trade.instrumentId, seen);
      take({ kind: 'trade', trade: flaggedByIds(seen, trade, observeTold(seen, trade)) });
    });
  };
}
