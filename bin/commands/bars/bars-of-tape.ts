import { formatBarRule, type BarRule } from '../../../shared/domain/candles/bar-rule.ts';
import { BarFold, type Bar } from '../../../shared/domain/candles/bars.ts';
import { exchangeOf, type InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { Trade } from '../../../shared/domain/market-data/trade.ts';
import type { TapeStep } from '../../../shared/engine/tape-folds.ts';
import { BadInput } from '../../command-line/bad-input.ts';

export interface BarsBounds {
  /** Of all instruments together. */
  readonly bars: number;
  /** Of instruments whose trades do not come in order: they are held until all of them are there. */
  readonly heldTrades: number;
}

const BOUNDS: BarsBounds = { bars: 200_000, heldTrades: 3_000_000 };

export interface TapeBars {
  /** By (instrument, day, number), the one under way last. */
  readonly bars: readonly Bar[];
  /** Trades that were told again, and count once. */
  readonly repeated: number;
}

/**
 * The bars of each instrument on a tape. Trades in order are folded as they come; where one comes behind a later one, it may be
 * late or known, and all trades of its instrument are asked for again and put in order first.
 */
export class BarsOfTape {
  readonly #rule: BarRule;
  readonly #bounds: BarsBounds;
  readonly #inOrder = new Map<InstrumentId, OrderedTrades>();
  readonly #held = new Map<InstrumentId, Trade[]>();
  /** By instrument, and by exchange. */
  readonly #watermarks = new Map<string, number>();
  #bars = 0;
  #heldTrades = 0;

  constructor(rule: BarRule, bounds: BarsBounds = BOUNDS) {
    this.#rule = rule;
    this.#bounds = bounds;
  }

  /** @throws BadInput for more bars than are printed, as `bars` does */
  take(step: TapeStep): void {
    switch (step.kind) {
      case 'trade':
        this.#takeTrade(step.trade);
        return;
      case 'watermarks':
        for (const { instrumentId, timeMs } of step.watermarks) this.#passed(instrumentId, timeMs);
        return;
      case 'heartbeat':
        this.#passed(step.exchange, step.watermarkMs);
    }
  }

  /** Once the whole tape was taken: it has to be taken again. */
  get isUnordered(): boolean {
    return this.#held.size > 0;
  }

  /** @throws BadInput for more trades than are held */
  takeAgain(step: TapeStep): void {
    if (step.kind !== 'trade') return;
    const { instrumentId } = step.trade;
    const held = this.#held.get(instrumentId);
    if (held === undefined) return;
    held.push(step.trade);
    const { heldTrades } = this.#bounds;
    if (++this.#heldTrades > heldTrades)
      throw new BadInput(
        `${instrumentId}: expected at most ${heldTrades} trades where they are not in order of their times`,
      );
  }

  /** To be called once. */
  bars(): TapeBars {
    for (const [instrumentId, trades] of this.#held) {
      const sorted = new OrderedTrades(this.#rule, instrumentId);
      this.#inOrder.set(instrumentId, sorted);
      // Of two that are the same, the first told stays the first.
      for (const trade of trades.sort(compareTrades)) this.#add(sorted, trade);
    }
    const tapes = [...this.#inOrder].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      bars: tapes.flatMap(([id, trades]) => trades.end(this.#watermarkOf(id))),
      repeated: tapes.reduce((sum, [, { repeated }]) => sum + repeated, 0),
    };
  }

  #takeTrade(trade: Trade): void {
    const { instrumentId } = trade;
    if (this.#held.has(instrumentId)) return;
    let known = this.#inOrder.get(instrumentId);
    if (known === undefined)
      this.#inOrder.set(instrumentId, (known = new OrderedTrades(this.#rule, instrumentId)));
    if (this.#add(known, trade) !== 'earlier') return;
    this.#held.set(instrumentId, []);
    this.#inOrder.delete(instrumentId);
    this.#bars -= known.bars.length;
  }

  #add(trades: OrderedTrades, trade: Trade): Added {
    const before = trades.bars.length;
    const added = trades.add(trade);
    this.#bars += trades.bars.length - before;
    if (this.#bars > this.#bounds.bars)
      throw new BadInput(
        `--by: expected a size that makes at most ${this.#bounds.bars} bars, got ${JSON.stringify(formatBarRule(this.#rule))}`,
      );
    return added;
  }

  #passed(what: string, timeMs: number): void {
    this.#watermarks.set(what, Math.max(timeMs, this.#watermarks.get(what) ?? -1));
  }

  #watermarkOf(instrumentId: InstrumentId): number {
    const [own = -1, ofExchange = -1] = [instrumentId, exchangeOf(instrumentId)].map((what) =>
      this.#watermarks.get(what),
    );
    return Math.max(own, ofExchange);
  }
}

/** `known`: it is the last one again. `earlier`: it belongs before the last, and was not added. */
type Added = 'added' | 'known' | 'earlier';

class OrderedTrades {
  readonly bars: Bar[] = [];
  repeated = 0;
  readonly #fold: BarFold;
  #last: Trade | null = null;

  constructor(rule: BarRule, instrumentId: InstrumentId) {
    this.#fold = new BarFold(rule, instrumentId);
  }

  add(trade: Trade): Added {
    const order = this.#last === null ? 1 : compareTrades(trade, this.#last);
    if (order < 0) return 'earlier';
    if (order === 0) {
      this.repeated++;
      return 'known';
    }
    this.#last = trade;
    for (const bar of this.#fold.add(trade)) this.bars.push(bar);
    return 'added';
  }

  end(watermarkMs: number): readonly Bar[] {
    const ended = this.#fold.passed(watermarkMs);
    const { underWay } = this.#fold;
    return [...this.bars, ...ended, ...(underWay === null ? [] : [underWay])];
  }
}

function compareTrades(a: Trade, b: Trade): number {
  return a.timeMs - b.timeMs || a.tradeId - b.tradeId;
}
