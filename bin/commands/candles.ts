import { noteOfCaptures } from '../../collector/tape/note-of-captures.ts';
import { tapeOfCapture } from '../../collector/tape/tape-of-capture.ts';
import { BadCapture, refuseUnreadable, verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import type { CandleView } from '../../shared/contracts/events.ts';
import { candleViewOf } from '../../shared/contracts/lane-candles.ts';
import type { Candle } from '../../shared/domain/candles/candle.ts';
import { candleUnderWay, type ClosedCandle, type LateTrade } from '../../shared/domain/candles/fold.ts';
import { reviseCandle } from '../../shared/domain/candles/revise-candle.ts';
import { INTERVALS, openTimeOf, type Interval } from '../../shared/domain/candles/interval.ts';
import { TapeFolds, type TapeStep } from '../../shared/engine/tape-folds.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE } from '../command-line/command.ts';
import { choice, rereadableFile } from '../command-line/option-values.ts';
import { required, withDefault } from '../command-line/options.ts';

export const command = defineCommand({
  description:
    'Folds the trades of a capture with the fold that runs live. The end of a capture closes nothing: the last\n' +
    'candle of each instrument stays open.',
  options: {
    capture: required(rereadableFile, 'gzip NDJSON of received venue messages'),
    interval: withDefault(choice(INTERVALS), '1m', 'length of a candle'),
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
  ],
  run: async (values, io) => {
    try {
      const capture = await verifyCapture(values.capture);
      refuseUnreadable(capture);
      io.tell(noteOfCaptures([capture]));
    } catch (error) {
      if (error instanceof BadCapture) throw new BadInput(error.message);
      throw error;
    }
    const builder = new CandleBuilder(values.interval);
    for await (const steps of tapeOfCapture(values.capture)) {
      io.signal.throwIfAborted();
      for (const step of steps) builder.step(step);
    }
    io.print(builder.candles());
    return EXIT_DONE;
  },
});

class CandleBuilder {
  readonly #interval: Interval;
  readonly #folds: TapeFolds;
  readonly #closed = new Map<string, Candle>();
  readonly #outcomes = { closed: [] as ClosedCandle[], late: [] as LateTrade[] };

  constructor(interval: Interval) {
    this.#interval = interval;
    this.#folds = new TapeFolds([interval]);
  }

  step(step: TapeStep): void {
    const { closed, late } = this.#outcomes;
    this.#folds.step(step, this.#outcomes);
    for (const candle of closed) this.#closed.set(keyOf(candle.instrumentId, candle.openTimeMs), candle);
    for (const one of late) this.#revise(one);
    closed.length = 0;
    late.length = 0;
  }

  /** By (instrument, open time), the open candle of each instrument last; late trades are in their candles. */
  candles(): CandleView[] {
    const underWay = [...this.#folds.all()].flatMap((fold) => candleUnderWay(fold, this.#interval) ?? []);
    return [...this.#closed.values(), ...underWay].sort(byInstrumentAndTime).map(candleViewOf);
  }

  #revise(late: LateTrade): void {
    const { instrumentId, timeMs } = late.trade;
    const key = keyOf(instrumentId, openTimeOf(timeMs, this.#interval));
    this.#closed.set(key, reviseCandle(this.#folds.of(instrumentId), this.#closed.get(key) ?? null, [late]));
  }
}

function keyOf(instrumentId: string, openTimeMs: number): string {
  return `${instrumentId} ${openTimeMs}`;
}

function byInstrumentAndTime(a: Candle, b: Candle): number {
  if (a.instrumentId !== b.instrumentId) return a.instrumentId < b.instrumentId ? -1 : 1;
  return a.openTimeMs - b.openTimeMs;
}
