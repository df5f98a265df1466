import { describe, expect, it } from '@jest/globals';
import { aLimit, working } from '../../../../test/support/market-steps.ts';
import { decimal, formatDecimal } from '../../decimal.ts';
import type { Command } from '../../orders/command.ts';
import { beginCourse, passCandle, passTime, type ExitCourse } from './exit-course.ts';
import { exitRules, type ExitSettings } from './exit-rules.ts';

const entry = working(aLimit('100'), 0, 'entry');

function courseOf(settings: ExitSettings, atr: number, timeMs = 0): ExitCourse {
  const made = exitRules(settings);
  if ('error' in made) throw new Error(made.error);
  return beginCourse(entry, made.rules, { timeMs, price: decimal('100') }, atr);
}

/** Each candle's high, and the average true range after it. @returns the stops that are asked for. */
function stopsOf(course: ExitCourse, candles: readonly (readonly [high: string, atr: number])[]): string[] {
  const stops: string[] = [];
  let now = course;
  candles.forEach(([high, atr], n) => {
    const candle = { openTimeMs: n * 1000, high: decimal(high), low: decimal('1') };
    const step = passCandle(now, decimal('2'), candle, atr, (n + 1) * 1000);
    now = step.course;
    stops.push(...step.commands.map(stopIn));
  });
  return stops;
}

function stopIn(command: Command): string {
  if (command.kind === 'replace') return formatDecimal(command.change.stopPrice!);
  if (command.kind !== 'submit') return command.kind;
  const { terms } = command.orders[0]!.order;
  return `new ${formatDecimal((terms as { stopPrice: bigint }).stopPrice)}`;
}

const trailing = { atrStop: { period: 5, multiple: 2, trails: true } };
const fixed = { atrStop: { period: 5, multiple: 2, trails: false } };

describe('what exits ask for as candles close', () => {
  it('is a stop that follows the best price, and never goes back though the range widens', () => {
    expect(
      stopsOf(courseOf(trailing, 5), [
        ['104', 5],
        ['110', 5],
        ['109', 8],
        ['109', 4],
      ]),
    ).toEqual(['94', '100', '102']);
  });

  it('is nothing new of a stop that stands', () => {
    expect(stopsOf(courseOf(fixed, 5), [['130', 1]])).toEqual([]);
    expect(
      stopsOf(courseOf(fixed, NaN), [
        ['130', NaN],
        ['130', 3],
        ['130', 1],
      ]),
    ).toEqual(['new 94']);
    expect(stopsOf(courseOf({ stopLoss: 0.1 }, 5), [['130', 1]])).toEqual([]);
  });

  it('does not count the high of a candle that began before the entry', () => {
    expect(stopsOf(courseOf(trailing, 5, 999), [['150', 5]])).toEqual([]);
    expect(stopsOf(courseOf(trailing, 5, 0), [['150', 5]])).toEqual(['140']);
  });

  it('is no stop at a price that there is not', () => {
    expect(stopsOf(courseOf(trailing, NaN), [['100', 60]])).toEqual([]);
  });
});

describe('what exits ask for as time goes on', () => {
  it('never turns a position round, and is of what is held', () => {
    const timed = courseOf({ timeStopMs: 5 }, NaN);
    const { commands } = passTime(timed, decimal('2'), 5);
    expect(commands).toMatchObject([
      { orders: [{ order: { terms: { type: 'MARKET', quantity: decimal('2'), reduceOnly: true } } }] },
    ]);
    expect(passTime(timed, decimal('2'), 4)).toEqual({ course: timed, commands: [] });
  });

  it('is asked for once', () => {
    const first = passTime(courseOf({ timeStopMs: 5 }, NaN), decimal('2'), 5);
    expect(passTime(first.course, decimal('2'), 6).commands).toEqual([]);
  });
});
