import {
  advanceWatermark,
  foldTrade,
  startFold,
  type FoldOutcomes,
  type InstrumentFold,
} from '../domain/candles/fold.ts';
import type { Interval } from '../domain/candles/interval.ts';
import { exchangeOf, type InstrumentId } from '../domain/market-data/instrument.ts';
import type { Trade } from '../domain/market-data/trade.ts';

/** No trade of the instrument before this time will follow, and the next one has this id, if it has any. */
export interface InstrumentWatermark {
  readonly instrumentId: InstrumentId;
  readonly timeMs: number;
  readonly nextTradeId: number | null;
}

/** What a replay sends, in its order. */
export type TapeStep =
  | { readonly kind: 'trade'; readonly trade: Trade }
  /** Released together: what all of them close is decided upon before any of their next trades. */
  | { readonly kind: 'watermarks'; readonly watermarks: readonly InstrumentWatermark[] }
  /** The same for every instrument of an exchange. */
  | { readonly kind: 'heartbeat'; readonly exchange: string; readonly watermarkMs: number };

/** The candle folds of all instruments on a tape. */
export class TapeFolds {
  readonly #intervals: readonly Interval[];
  readonly #folds = new Map<InstrumentId, InstrumentFold>();

  constructor(intervals: readonly Interval[]) {
    this.#intervals = intervals;
  }

  /** @param outcomes closed candles and late trades are added to it. */
  step(step: TapeStep, outcomes: FoldOutcomes): void {
    switch (step.kind) {
      case 'trade':
        foldTrade(this.of(step.trade.instrumentId), step.trade, outcomes);
        return;
      case 'watermarks':
        for (const { instrumentId, timeMs, nextTradeId } of step.watermarks)
          advanceWatermark(this.of(instrumentId), timeMs, outcomes, nextTradeId);
        return;
      case 'heartbeat':
        for (const fold of this.all()) {
          if (exchangeOf(fold.instrumentId) === step.exchange)
            advanceWatermark(fold, step.watermarkMs, outcomes);
        }
    }
  }

  of(instrumentId: InstrumentId): InstrumentFold {
    let fold = this.#folds.get(instrumentId);
    if (fold === undefined) this.#folds.set(instrumentId, (fold = startFold(instrumentId, this.#intervals)));
    return fold;
  }

  all(): Iterable<InstrumentFold> {
    return this.#folds.values();
  }
}
