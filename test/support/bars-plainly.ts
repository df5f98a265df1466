/** Bars as a beginner makes them, day by day with everything in memory: what the fold is held against. */
import type { Bar } from '../../shared/domain/candles/bars.ts';
import type { BarRule } from '../../shared/domain/candles/bar-rule.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';

const DAY_MS = 86_400_000;
const UNIT = 10n ** 12n;

const dayOf = ({ timeMs }: Trade): number => Math.floor(timeMs / DAY_MS) * DAY_MS;
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** @param trades of one instrument, in any order and however often each */
export function barsPlainly(trades: readonly Trade[], rule: BarRule): Bar[] {
  const tape = inOrderOnce(trades);
  const days = [...Map.groupBy(tape, dayOf).values()];
  return days.flatMap((ofDay, n) => {
    const previous = days[n - 1]?.at(-1);
    const next = days[n + 1]?.[0];
    return barsOfDay(ofDay, rule, previous?.tradeId ?? null, next?.tradeId ?? null);
  });
}

function barsOfDay(
  ofDay: readonly Trade[],
  { kind, size }: BarRule,
  previousId: number | null,
  nextId: number | null,
): Bar[] {
  const amounts = ofDay.map(({ price, quantity }) => {
    if (kind === 'tick') return UNIT;
    return kind === 'volume' ? quantity : (price * quantity) / UNIT;
  });
  let before = 0n;
  const numbers = amounts.map((amount) => {
    const number = before / size;
    before += amount;
    return number;
  });
  const greatestId = Math.max(...ofDay.map(({ tradeId }) => tradeId));
  const ids = new Set<number>();
  let whole = 0;
  /** Whether they are all those behind the last of the day before. */
  const follows = (): boolean => {
    if (previousId === null) return false;
    while (ids.has(previousId + 1 + whole)) whole++;
    return whole === count;
  };
  let traded = 0n;
  let count = 0;
  return [...Map.groupBy(ofDay.keys(), (n) => numbers[n]!)].map(([number, places]): Bar => {
    const within = places.map((n) => ofDay[n]!);
    traded += sum(places.map((n) => amounts[n]!));
    for (const { tradeId } of within) ids.add(tradeId);
    count += within.length;
    const isFull = traded / size > number;
    const prices = within.map(({ price }) => price);
    const quality = within.reduce((bits, trade) => bits | (trade.quality ?? 0), 0);
    const [first, last] = [within[0]!, within.at(-1)!];
    return {
      instrumentId: first.instrumentId,
      dayMs: dayOf(first),
      number,
      open: first.price,
      high: prices.reduce((a, b) => (a > b ? a : b)),
      low: prices.reduce((a, b) => (a < b ? a : b)),
      close: last.price,
      volume: sum(within.map(({ quantity }) => quantity)),
      quoteVolume: sum(within.map(({ price, quantity }) => (price * quantity) / UNIT)),
      takerBuyVolume: sum(within.map(({ quantity, takerSide }) => (takerSide === 'BUY' ? quantity : 0n))),
      tradeCount: within.length,
      firstTradeId: first.tradeId,
      lastTradeId: last.tradeId,
      firstTimeMs: first.timeMs,
      lastTimeMs: last.timeMs,
      ...(quality === 0 ? {} : { quality }),
      closed: isFull || nextId !== null,
      complete: (isFull || nextId === greatestId + 1) && follows(),
    };
  });
}

/** As the store and the platform know them: by (time, id), the first told. */
function inOrderOnce(trades: readonly Trade[]): Trade[] {
  const known = new Map<string, Trade>();
  for (const trade of trades) {
    const key = `${trade.timeMs} ${trade.tradeId}`;
    if (!known.has(key)) known.set(key, trade);
  }
  return [...known.values()].sort((a, b) => a.timeMs - b.timeMs || a.tradeId - b.tradeId);
}
