/** `millrace candles` over tapes that came doubled, out of their order, with gaps and with ids that begin anew. */
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runCommandLine } from '../../bin/command-line/run-command-line.ts';
import { COMMANDS } from '../../bin/command-line/command-table.ts';
import type { CandleView } from '../../shared/contracts/events.ts';
import { INTERVALS, type Interval } from '../../shared/domain/candles/interval.ts';
import { decimal, formatDecimal } from '../../shared/domain/decimal.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';
import { foldedPlainly } from '../support/folded-plainly.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { FIRST_SECOND, writeCapture } from './write-capture.ts';

const capture = join(temporaryFolder(), 'capture.ndjson.gz');

interface Told extends Trade {
  readonly isTold: boolean;
  /** How much later than it was made it came; twice, where there are two. */
  readonly comesAfterMs: readonly number[];
}

const steps = fc.array(
  fc.record({
    gapMs: fc.oneof(fc.constant(0), fc.nat(900), fc.nat(40_000)),
    price: fc.integer({ min: 1, max: 10_000_000 }),
    quantity: fc.integer({ min: 1, max: 10_000_000 }),
    buys: fc.boolean(),
    isTold: fc.constantFrom(true, true, true, true, false),
    reset: fc.constantFrom(false, false, false, false, false, false, true),
    comesAfterMs: fc.array(fc.oneof(fc.constant(3), fc.nat(20_000)), { minLength: 1, maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 80 },
);

const tape = steps.map((all): readonly Told[] => {
  let [timeMs, tradeId] = [FIRST_SECOND * 1000, 1000];
  return all.map(({ gapMs, reset, price, quantity, buys, isTold, comesAfterMs }) => {
    timeMs += reset ? gapMs + 1 : gapMs;
    tradeId = reset ? 1 : tradeId + 1;
    const [p, q] = [decimal(String(price / 100)), decimal(String(quantity / 1000))];
    const takerSide = buys ? 'BUY' : 'SELL';
    const instrumentId = 'binance:BTC-USDT';
    return { instrumentId, tradeId, timeMs, price: p, quantity: q, takerSide, isTold, comesAfterMs };
  });
});

function linesOf(trades: readonly Told[]): string[] {
  return trades
    .flatMap((trade) => trade.comesAfterMs.map((afterMs) => ({ ...trade, atMs: trade.timeMs + afterMs })))
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ tradeId, timeMs, price, quantity, takerSide, atMs }) =>
      JSON.stringify({
        receivedAtNs: `${atMs}000000`,
        exchange: 'binance',
        kind: 'ws',
        url: 'wss://stream.binance.com:9443/stream',
        message: JSON.stringify({
          ...{ e: 'trade', s: 'BTCUSDT', t: tradeId, p: formatDecimal(price), q: formatDecimal(quantity) },
          ...{ T: timeMs, m: takerSide === 'SELL' },
        }),
      }),
    );
}

async function candles(interval: Interval): Promise<readonly CandleView[]> {
  let [out, errors] = ['', ''];
  const code = await runCommandLine(['candles', '--capture', capture, '--interval', interval], COMMANDS, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (errors += text) },
    signal: new AbortController().signal,
    showStacks: true,
  });
  expect({ code, errors }).toEqual({ code: 0, errors: expect.stringContaining('note: ') });
  return JSON.parse(out) as CandleView[];
}

const shown = (trades: readonly Trade[], interval: Interval) =>
  foldedPlainly(trades, interval).map(({ openTimeMs, open, high, low, close, volume, tradeCount }) => {
    const amounts = [open, high, low, close, volume].map(formatDecimal);
    return [openTimeMs, ...amounts, tradeCount];
  });

it('are those of the trades that were told, and whole where none is missing, whatever the order', async () => {
  await fc.assert(
    fc.asyncProperty(tape, fc.constantFrom(...INTERVALS), async (trades, interval) => {
      const told = trades.filter(({ isTold }) => isTold);
      fc.pre(told.length > 0);
      writeCapture(capture, linesOf(told));
      const printed = await candles(interval);
      expect(
        printed.map(({ openTimeMs, open, high, low, close, volume, tradeCount }) => [
          ...[openTimeMs, open, high, low, close, volume, tradeCount],
        ]),
      ).toEqual(shown(told, interval));
      const truth = new Map(foldedPlainly(trades, interval).map((candle) => [candle.openTimeMs, candle]));
      for (const { openTimeMs, tradeCount, complete, closed } of printed) {
        if (!complete) continue;
        expect({ openTimeMs, closed, tradeCount }).toEqual({
          ...{ openTimeMs, closed: true, tradeCount: truth.get(openTimeMs)!.tradeCount },
        });
      }
    }),
    { seed: 12, numRuns: 60 },
  );
}, 30_000);
