/** Every interval that is built live, over recorded tapes: against plain folds, each other, and what others published. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { tapeOfCapture } from '../../collector/tape/tape-of-capture.ts';
import type { Candle } from '../../shared/domain/candles/candle.ts';
import { candleUnderWay } from '../../shared/domain/candles/candle-under-way.ts';
import { type ClosedCandle, type LateTrade } from '../../shared/domain/candles/fold.ts';
import { INTERVALS, intervalMs, openTimeOf, type Interval } from '../../shared/domain/candles/interval.ts';
import { formatDecimal } from '../../shared/domain/decimal.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';
import { TapeFolds, type TapeStep } from '../../shared/engine/tape-folds.ts';
import { foldedPlainly, sumsOf } from '../support/folded-plainly.ts';
import { publishedTrades } from './published-trades.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

const CAPTURE = `${dataFolder}captures/binance-spot-btcusdt-2024-08-09.ndjson.gz`;

/** What the live fold makes of the steps, the candle under way last. */
function foldedLive(
  steps: readonly TapeStep[],
  instrumentId: string,
): ReadonlyMap<Interval, readonly Candle[]> {
  const folds = new TapeFolds(INTERVALS);
  const outcomes = { closed: [] as ClosedCandle[], late: [] as LateTrade[] };
  for (const step of steps) folds.step(step, outcomes);
  expect(outcomes.late).toEqual([]);
  return new Map(
    INTERVALS.map((interval) => [
      interval,
      [
        ...outcomes.closed.filter((candle) => candle.interval === interval),
        ...[candleUnderWay(folds.of(instrumentId), interval)].filter((candle) => candle !== null),
      ],
    ]),
  );
}

async function recordedSteps(): Promise<TapeStep[]> {
  const steps: TapeStep[] = [];
  for await (const some of tapeOfCapture(CAPTURE)) steps.push(...some);
  return steps;
}

const tradesOf = (steps: readonly TapeStep[]): Trade[] =>
  steps.flatMap((step) => (step.kind === 'trade' ? [step.trade] : []));

describeConformance('every interval', () => {
  it('of a capture is what a plain fold of it makes', async () => {
    const steps = await recordedSteps();
    const live = foldedLive(steps, 'binance:BTC-USDT');
    for (const interval of INTERVALS)
      expect(live.get(interval)!.map(sumsOf)).toEqual(foldedPlainly(tradesOf(steps), interval));
  });

  it('of a capture is complete where it was watched from its open to its end', async () => {
    const live = foldedLive(await recordedSteps(), 'binance:BTC-USDT');
    for (const interval of INTERVALS) {
      const flags = live.get(interval)!.map(({ complete }) => complete);
      // The first was under way when the recording began, and the last when it ended.
      expect(flags).toEqual(flags.map((_, n) => n > 0 && n < flags.length - 1));
    }
  });

  it('longer than a minute is its minutes rolled up, over published trades', () => {
    const trades = publishedTrades();
    const live = foldedLive(
      trades.map((trade) => ({ kind: 'trade', trade })),
      'binance:XRP-ETH',
    );
    const minutes = live.get('1m')!;
    for (const interval of INTERVALS.filter((each) => intervalMs(each) > intervalMs('1m'))) {
      const rolled = [...Map.groupBy(minutes, ({ openTimeMs }) => openTimeOf(openTimeMs, interval))];
      expect(live.get(interval)!.map(sumsOf)).toEqual(
        rolled.map(([openTimeMs, within]) => ({
          openTimeMs,
          open: within[0]!.open,
          high: within.reduce((most, { high }) => (high > most ? high : most), 0n),
          low: within.reduce((least, { low }) => (low < least ? low : least), within[0]!.low),
          close: within.at(-1)!.close,
          volume: within.reduce((sum, { volume }) => sum + volume, 0n),
          quoteVolume: within.reduce((sum, { quoteVolume }) => sum + quoteVolume, 0n),
          takerBuyVolume: within.reduce((sum, { takerBuyVolume }) => sum + takerBuyVolume, 0n),
          tradeCount: within.reduce((sum, { tradeCount }) => sum + tradeCount, 0),
          firstTradeId: within[0]!.firstTradeId,
          lastTradeId: within.at(-1)!.lastTradeId,
        })),
      );
    }
  });

  it('of a minute is what was published with the trades', () => {
    const live = foldedLive(
      publishedTrades().map((trade) => ({ kind: 'trade', trade })),
      'binance:XRP-ETH',
    );
    const [, ...lines] = gunzipSync(readFileSync(`${dataFolder}candles/xrp-eth-1m-2019-10.csv.gz`))
      .toString()
      .trim()
      .split('\n');
    const published = lines.map((line) => line.split(',').map(Number));
    const own = live
      .get('1m')!
      .map(({ openTimeMs, open, high, low, close, volume }) => [
        openTimeMs,
        ...[open, high, low, close, volume].map((amount) => Number(formatDecimal(amount))),
      ]);
    expect(own).toEqual(published);
  });
});
