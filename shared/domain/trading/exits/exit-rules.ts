/** How a position is got out of without the strategy's advice: rules that go with a strategy, as data. docs/EXITS.md defines each. */
import { decimalFromNumber, ONE, type Decimal } from '../../decimal.ts';

/** As somebody writes them; what is left out is not wanted. Returns are fractions of the entry price, fees apart. */
export interface ExitSettings {
  readonly stopLoss?: number | undefined;
  /** Of several the nearest counts. */
  readonly trailing?: readonly TrailingSetting[] | undefined;
  readonly atrStop?: AtrStop | undefined;
  readonly takeProfit?: number | undefined;
  readonly returns?: readonly ReturnSetting[] | undefined;
  readonly timeStopMs?: number | undefined;
}

export interface TrailingSetting {
  /** From the best price, a fraction of it. */
  readonly distance: number;
  /** The return from which on it follows; left out: from the entry on. */
  readonly from?: number | undefined;
}

export interface AtrStop {
  readonly period: number;
  /** So many average true ranges from the entry price, or from the best price since. */
  readonly multiple: number;
  /** It follows the best price, at each close; else it stays where it was at the entry. */
  readonly trails: boolean;
}

export interface ReturnSetting {
  /** From this age of the position on. */
  readonly afterMs: number;
  /** It is taken at this return or a better one; -1: at any price. */
  readonly atLeast: number;
}

/** The same, checked and exact. */
export interface ExitRules {
  readonly stopLoss: Decimal | null;
  readonly trailing: readonly { readonly distance: Decimal; readonly from: Decimal | null }[];
  readonly atrStop: AtrStop | null;
  /** By age, the youngest first; `atLeast` null: at any price. */
  readonly returns: readonly { readonly afterMs: number; readonly atLeast: Decimal | null }[];
}

/** A position as young as this has no age yet. */
const AT_ONCE_MS = 0;

export function exitRules(
  settings: ExitSettings,
): { readonly rules: ExitRules } | { readonly error: string } {
  const error = problemOf(settings);
  if (error !== null) return { error };
  const { stopLoss, trailing = [], atrStop = null } = settings;
  const returns = returnsOf(settings).map(({ afterMs, atLeast }) => {
    const wanted = decimalFromNumber(atLeast);
    return { afterMs, atLeast: wanted <= -ONE ? null : wanted };
  });
  return {
    rules: {
      stopLoss: stopLoss === undefined ? null : decimalFromNumber(stopLoss),
      trailing: trailing.map(({ distance, from }) => ({
        distance: decimalFromNumber(distance),
        from: from === undefined ? null : decimalFromNumber(from),
      })),
      atrStop,
      returns,
    },
  };
}

/** A profit to take and a longest time are lines of the table like others. */
function returnsOf({ takeProfit, returns = [], timeStopMs }: ExitSettings): readonly ReturnSetting[] {
  return [
    ...(takeProfit === undefined ? [] : [{ afterMs: AT_ONCE_MS, atLeast: takeProfit }]),
    ...returns,
    ...(timeStopMs === undefined ? [] : [{ afterMs: timeStopMs, atLeast: -1 }]),
  ].sort((a, b) => a.afterMs - b.afterMs);
}

function problemOf(settings: ExitSettings): string | null {
  const { stopLoss, trailing = [], atrStop, takeProfit, timeStopMs } = settings;
  if (stopLoss !== undefined && !isPart(stopLoss)) return 'stopLoss: expected a fraction between 0 and 1';
  for (const { distance, from = 0 } of trailing) {
    if (!isPart(distance)) return 'trailing: expected a distance between 0 and 1';
    if (!(from >= 0)) return 'trailing: expected a return from 0 on';
  }
  if (atrStop !== undefined && !(Number.isInteger(atrStop.period) && atrStop.period >= 1))
    return 'atrStop: expected a period of 1 or more candles';
  if (atrStop !== undefined && !(atrStop.multiple > 0)) return 'atrStop: expected a multiple above 0';
  if (takeProfit !== undefined && !(takeProfit > 0)) return 'takeProfit: expected a return above 0';
  if (timeStopMs !== undefined && !(timeStopMs > 0)) return 'timeStopMs: expected a time above 0';
  return problemOfReturns(returnsOf(settings));
}

function isPart(value: number): boolean {
  return value > 0 && value < 1;
}

function problemOfReturns(returns: readonly ReturnSetting[]): string | null {
  for (const [n, { afterMs, atLeast }] of returns.entries()) {
    if (!(afterMs >= 0)) return 'returns: expected ages from 0 on';
    if (afterMs === 0 && atLeast <= -1) return 'returns: no position is left at any price at once';
    if (afterMs === returns[n - 1]?.afterMs) return `returns: there are two for the age of ${afterMs} ms`;
  }
  return null;
}
