import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import type { ToldTrade } from '../../shared/contracts/lane-rows.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { flaggedWith, qualityOf } from '../../shared/domain/market-data/quality-flags.ts';

const VENUES_DISAGREE = qualityOf('venues-disagree');

/** Flags whatever an instrument is told at while its venue disagrees with the others. */
export class FlaggedDisagreement {
  #disagreeing: ReadonlySet<InstrumentId> = new Set();

  set disagreeing(instrumentIds: readonly InstrumentId[]) {
    this.#disagreeing = new Set(instrumentIds);
  }

  /** What was asked for is of another time. */
  trade<Told extends ToldTrade>(trade: Told): Told {
    if (this.#disagreeing.size === 0 || trade.isAnswer === true) return trade;
    return this.#disagreeing.has(trade.instrumentId) ? flaggedWith(trade, VENUES_DISAGREE) : trade;
  }

  book(told: ToldBook): ToldBook {
    if (this.#disagreeing.size === 0) return told;
    if (told.kind === 'quote') {
      const { quote } = told;
      if (!this.#disagreeing.has(quote.instrumentId)) return told;
      return { kind: 'quote', quote: flaggedWith(quote, VENUES_DISAGREE) };
    }
    const { levels } = told;
    if (!this.#disagreeing.has(levels.instrumentId)) return told;
    return { kind: 'levels', levels: flaggedWith(levels, VENUES_DISAGREE) };
  }
}
