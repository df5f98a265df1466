import type { WrittenPaperModel } from '../accounts/written-paper-model.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import type { Side } from '../market-data/trade.ts';
import type { Interval } from '../candles/interval.ts';

/** What a strategy sees of a closed candle. Floats: a strategy computes indicators, it never handles money. */
export interface StrategyCandle {
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What a strategy wants: to be long with all of its capital, or flat. `null` leaves things as they are. */
export type Advice = { readonly side: Side; readonly reason: string } | null;

/**
 * One running strategy on one instrument. It keeps its own indicator state, so that a live function can
 * store it between candles (`snapshot`) and a backtest can run it in a loop: the same object in both.
 */
export interface Strategy {
  /** Called once for each closed candle, in order of time. */
  onCandle(candle: StrategyCandle): Advice;
  /** Plain JSON from which `restore` builds a strategy that behaves identically, float for float. */
  snapshot(): JsonValue;
}

export interface StrategyDefinition<Params> {
  readonly name: string;
  readonly description: string;
  /** Returns the parameters with defaults filled in, or one line that says what is wrong. */
  parseParams(input: unknown): { readonly params: Params } | { readonly error: string };
  create(params: Params): Strategy;
  restore(params: Params, snapshot: JsonValue): Strategy;
}

/** A strategy as someone asked for it: what to run, where, and with how much. */
export interface StrategyInstance {
  /** Deterministic: a UUID of account, name, parameters, instrument and interval. */
  readonly strategyId: string;
  readonly accountId: string;
  readonly name: string;
  readonly params: { readonly [key: string]: JsonValue };
  readonly instrumentId: InstrumentId;
  readonly interval: Interval;
  /** Cash that this instance may use, canonical decimal. Instances never share it, so their order cannot matter. */
  readonly capital: string;
  readonly feeRate: string;
  /** Fraction by which a market fill is worse than the print it met. */
  readonly slippage: string;
  /** Added to a candle's close to give an order's effective time; null: the time observed live. */
  readonly latencyMs: number | null;
  /** Of the two rates, those that are its account's since it was asked for without them. Left out: both are its own. */
  readonly byAccount?: readonly ('feeRate' | 'slippage')[];
  /**
   * How its orders fare at the paper venue: its account's model, with what it states itself. Left out: fee and slippage say all of it,
   * and they fill whole.
   */
  readonly paper?: WrittenPaperModel | undefined;
  readonly status: 'RUNNING' | 'PAUSED';
}
