import { candleViewOf } from '../../shared/contracts/lane-candles.ts';
import type { Candle } from '../../shared/domain/candles/candle.ts';
import { candleUnderWay } from '../../shared/domain/candles/candle-under-way.ts';
import { type ClosedCandle, type LateTrade } from '../../shared/domain/candles/fold.ts';
import { revisionOf } from '../../shared/domain/candles/refold.ts';
import { INTERVALS, intervalMs, type Interval } from '../../shared/domain/candles/interval.ts';
import { TapeFolds, type TapeStep } from '../../shared/engine/tape-folds.ts';
import { openCaptureSteps } from '../command-line/capture-steps.ts';
import { defineCommand, EXIT_DONE } from '../command-line/command.ts';
import { choice, rereadableFile } from '../command-line/option-values.ts';
import { required, withDefault } from '../command-line/options.ts';
import { DoubtfulCandles } from './candles/doubtful-candles.ts';
import { filled } from './candles/filled.ts';

export const command = defineCommand({
  description:
    'Folds the trades of a capture with the fold that runs live. The end of a capture closes nothing: the last\n' +
    'candle of each instrument stays open.',
  options: {
    capture: required(rereadableFile, 'gzip NDJSON of received venue messages'),
    interval: withDefault(choice(INTERVALS), '1m', 'length of a candle'),
    fill: withDefault(
      choice(['none', 'previous'] as const),
      'none',
      'what stands for an interval without trades: nothing, or a candle at the close before it',
    ),
  },
  examples: [
    {
      line: 'npx millrace candles --capture binance-btcusdt.ndjson.gz --format table',
      what: 'one-minute candles',
    },
    {
      line: 'npx millrace candles --capture binance-btcusdt.ndjson.gz --interval 5m',
      what: 'five-minute candles as JSON',
    },
    {
      line: 'npx millrace candles --capture binance-btcusdt.ndjson.gz --interval 1s --fill previous',
      what: 'one of every second, also where nobody traded',
    },
  ],
  run: async (values, io) => {
    const eachStep = await openCaptureSteps(values.capture, io);
    const builder = new CandleBuilder(values.interval);
    await eachStep((step) => builder.step(step));
    const { doubtful } = builder;
    if (!doubtful.isEmpty)
      await eachStep((step) => {
        if (step.kind === 'trade') doubtful.take(step.trade);
      });
    const candles = builder.candles();
    io.print((values.fill === 'previous' ? filled(candles) : candles).map(candleViewOf));
    return EXIT_DONE;
  },
});

class CandleBuilder {
  /** Once it has seen the whole tape, too, their candles are in `candles`. */
  readonly doubtful: DoubtfulCandles;
  readonly #interval: Interval;
  readonly #folds: TapeFolds;
  readonly #closed = new Map<string, Candle>();
  readonly #outcomes = { closed: [] as ClosedCandle[], late: [] as LateTrade[] };

  constructor(interval: Interval) {
    this.#interval = interval;
    this.#folds = new TapeFolds([interval]);
    this.doubtful = new DoubtfulCandles(interval);
  }

  step(step: TapeStep): void {
    const { closed, late } = this.#outcomes;
    this.#folds.step(step, this.#outcomes);
    for (const candle of closed) this.#closed.set(keyOf(candle), candle);
    for (const { trade } of late) this.doubtful.doubt(trade);
    closed.length = 0;
    late.length = 0;
  }

  /** By (instrument, open time), the open candle of each instrument last. */
  candles(): Candle[] {
    const candles = new Map(this.#closed);
    for (const fold of this.#folds.all()) {
      const underWay = candleUnderWay(fold, this.#interval);
      if (underWay !== null) candles.set(keyOf(underWay), underWay);
    }
    for (const made of this.doubtful.candles()) this.#replace(candles, made);
    return [...candles.values()].sort(byInstrumentAndTime);
  }

  #replace(candles: Map<string, Candle>, made: Candle): void {
    const key = keyOf(made);
    const known = candles.get(key) ?? null;
    const revision = revisionOf(known, made);
    const { watermarkMs } = this.#folds.of(made.instrumentId);
    if (made.openTimeMs + intervalMs(this.#interval) > watermarkMs)
      candles.set(key, { ...(revision ?? made), closed: false, complete: false });
    else if (revision !== null) candles.set(key, revision);
  }
}

function keyOf({ instrumentId, openTimeMs }: Candle): string {
  return `${instrumentId} ${openTimeMs}`;
}

function byInstrumentAndTime(a: Candle, b: Candle): number {
  if (a.instrumentId !== b.instrumentId) return a.instrumentId < b.instrumentId ? -1 : 1;
  return a.openTimeMs - b.openTimeMs;
}
