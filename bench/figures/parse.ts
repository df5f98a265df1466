import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CaptureDecoders } from '../../shared/adapters/exchanges/capture-decoders.ts';
import { readCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { readToldTrade } from '../../shared/contracts/lane-rows.ts';
import type { CaptureMessage } from '../../shared/contracts/capture.ts';
import { figureOf, type Bench, type Figure } from '../figure.ts';
import { beside, nanosecondsAnItem } from '../measuring/beside.ts';
import { messagesOfSecond, SIMULATED_SECOND } from '../synthetic-trades.ts';

const EVENT_SECONDS = 20;
const RUNS = 7;
/** So many trades are read in a run, of a capture as often as it takes: one of a few thousand is over too soon. */
const LEAST_TRADES = 200_000;

/** Where the recorded data lie beside the project. */
const RECORDED: Readonly<Record<string, string>> = {
  'parse.binance-recorded': 'binance-spot-btcusdt-2024-08-09.ndjson.gz',
  'parse.coinbase-recorded': 'coinbase-advanced-btc-eth-2026-08-09-first.ndjson.gz',
  'parse.kraken-recorded': 'kraken-v2-ten-pairs-2021-04-17.ndjson.gz',
};

/** Nanoseconds a trade from a message's text to an exact trade, beside JSON.parse of the same text. */
export async function parse(bench: Bench): Promise<readonly Figure[]> {
  const seconds = Array.from({ length: EVENT_SECONDS }, (_, n) => messagesOfSecond(SIMULATED_SECOND + n));
  const figures = [await parseFigure(bench, 'parse', tradesAlone(seconds.flat()))];
  for (const [figure, file] of Object.entries(RECORDED)) {
    const path = fileURLToPath(new URL(`../../../shared/data/captures/${file}`, import.meta.url));
    if (!existsSync(path)) continue;
    figures.push(await parseFigure(bench, figure, tradesAlone(await messagesOf(path))));
  }
  return figures;
}

async function parseFigure(
  bench: Bench,
  figure: string,
  messages: readonly CaptureMessage[],
): Promise<Figure> {
  const decoders = new CaptureDecoders();
  const trades = readAll(messages, decoders);
  const passes = Math.ceil(LEAST_TRADES / trades);
  const { runs, referenceRuns } = await beside(
    bench.runs ?? RUNS,
    () =>
      nanosecondsAnItem(passes * trades, () => {
        for (let pass = 0; pass < passes; pass++) readAll(messages, decoders);
      }),
    () =>
      nanosecondsAnItem(passes * trades, () => {
        for (let pass = 0; pass < passes; pass++) parseAll(messages);
      }),
  );
  return figureOf({
    figure,
    unit: 'ns/trade',
    runs,
    reference: 'JSON.parse of the same messages',
    referenceRuns,
    note: 'from the text of a message to a trade with exact amounts, checked',
    details: { messages: messages.length, trades },
  });
}

/** @returns how many trades there were. */
function readAll(messages: readonly CaptureMessage[], decoders: CaptureDecoders): number {
  let trades = 0;
  for (const message of messages) {
    for (const event of decoders.read(message)) {
      if (event.kind === 'trade' && typeof readToldTrade(event) !== 'string') trades++;
    }
  }
  return trades;
}

function parseAll(messages: readonly CaptureMessage[]): void {
  for (const { message } of messages) JSON.parse(message);
}

/** Messages without trades would be counted among the cost of those that have some. */
function tradesAlone(messages: readonly CaptureMessage[]): CaptureMessage[] {
  const decoders = new CaptureDecoders();
  return messages.filter((message) => decoders.read(message).some(({ kind }) => kind === 'trade'));
}

async function messagesOf(path: string): Promise<CaptureMessage[]> {
  const all: CaptureMessage[] = [];
  for await (const messages of readCapture(path)) all.push(...messages.filter(({ kind }) => kind === 'ws'));
  return all;
}
