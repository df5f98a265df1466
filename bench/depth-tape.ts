/** The order books of the market that the chain is measured with: a tape that runs beside that of its trades. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TapeSource } from '../collector/tape/tape-source.ts';
import { formatCaptureLine, type CaptureMessage } from '../shared/contracts/capture.ts';
import type { Exchange } from '../shared/domain/market-data/exchanges.ts';
import { SyntheticBook } from './synthetic-depth.ts';

/** Each instrument tells what changed every 100 ms, as Binance does. */
export const DEPTH_MESSAGES_A_SECOND = 10;
const EXCHANGE: Exchange = 'binance';

/**
 * Every instrument's book, and then what changes in it, a message each 100 ms of event time. No two books say it at the
 * same instant: that would be a load of its own.
 * @param symbols as Binance writes them.
 * @param startSecond of event time, since the epoch.
 */
export function depthTape(symbols: readonly string[], startSecond: number): TapeSource {
  return { id: 'depth', firstLine: 1, isReadFromStart: true, read: () => readDepth(symbols, startSecond) };
}

async function* readDepth(
  symbols: readonly string[],
  startSecond: number,
): AsyncGenerator<readonly CaptureMessage[]> {
  const books = symbols.map((symbol, n) => ({ symbol, book: new SyntheticBook(n + 1) }));
  let line = 0;
  yield books.map(({ symbol, book: { snapshot } }) => {
    const { updateId: lastUpdateId, bids, asks } = snapshot;
    const url = `simulator://binance/api/v3/depth?symbol=${symbol}`;
    return message(++line, startSecond * 1000, 'rest', url, { lastUpdateId, bids, asks });
  });
  const everyMs = 1000 / DEPTH_MESSAGES_A_SECOND;
  for (let fromMs = startSecond * 1000; ; fromMs += everyMs) {
    yield books.map(({ symbol, book }, n) => {
      const { updateIds, bids, asks } = book.next();
      const { first, last } = updateIds!;
      const atMs = Math.floor(fromMs + (n * everyMs) / books.length);
      const data = { e: 'depthUpdate', E: atMs, s: symbol, U: first, u: last, b: bids, a: asks };
      const stream = `${symbol.toLowerCase()}@depth@100ms`;
      return message(++line, atMs, 'ws', 'simulator://binance/stream', { stream, data });
    });
    await nextTurn();
  }
}

function message(line: number, atMs: number, kind: string, url: string, said: unknown): CaptureMessage {
  const received = {
    receivedAtNs: `${atMs}000000`,
    exchange: EXCHANGE,
    kind,
    url,
    message: JSON.stringify(said),
  };
  return { line, ...received, text: formatCaptureLine(received) };
}
