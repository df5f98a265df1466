/** What a recorded capture comes to: read off its messages, without streams, tables or a network. */
import { TapeCutter, type TapeStep } from '../../collector/tape/tape-steps.ts';
import { TapeBoundaries } from '../../collector/tape/tape-boundaries.ts';
import { TapeBooks } from '../../collector/tape/tape-books.ts';
import { readTapeMessage } from '../../collector/tape/tape-message.ts';
import { CaptureDecoders } from '../../shared/adapters/exchanges/capture-decoders.ts';
import { readCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import type { LevelRow } from '../../shared/contracts/book-rows.ts';
import { bookViewOf, quoteViewOf, type BookView, type QuoteView } from '../../shared/contracts/book-views.ts';
import { readToldTrade, type ToldTrade } from '../../shared/contracts/lane-rows.ts';
import { intervalMs, INTERVALS, type Interval } from '../../shared/domain/candles/interval.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import type { BestLevel } from '../../shared/domain/market-data/book/microstructure.ts';
import { exchangeOf, type InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';
import { foldedPlainly, type Sums } from '../support/folded-plainly.ts';

/** Of one instrument, in the order of their times. */
export interface Recorded {
  /** Each once, by (time, id). */
  readonly trades: Trade[];
  readonly quotes: QuoteView[];
  readonly books: BookView[];
  /** Nothing is still to come before it, as far as the capture tells. */
  watermarkMs: number;
}

export async function readRecorded(path: string): Promise<ReadonlyMap<InstrumentId, Recorded>> {
  const all = new Map<InstrumentId, Recorded>();
  const of = (instrumentId: InstrumentId): Recorded => {
    let recorded = all.get(instrumentId);
    if (recorded === undefined)
      all.set(instrumentId, (recorded = { trades: [], quotes: [], books: [], watermarkMs: 0 }));
    return recorded;
  };
  const decoders = new CaptureDecoders();
  const cutter = new TapeCutter(new TapeBoundaries(), new TapeBooks());
  const take = (step: TapeStep): void => {
    if (step.kind === 'trades') for (const told of step.trades) takeTrade(of(told.instrumentId), told);
    else if (step.kind === 'books') for (const row of step.rows) takeBook(of, row);
    else if (step.kind === 'heartbeat') takeHeartbeat(all, step);
  };
  for await (const messages of readCapture(path)) {
    const read = messages.map((message) => readTapeMessage(message, decoders));
    for (const step of cutter.steps(read)) take(step);
  }
  for (const step of cutter.finish()) take(step);
  for (const { trades } of all.values()) putInOrder(trades);
  return all;
}

function takeTrade(recorded: Recorded, told: ToldTrade): void {
  const read = readToldTrade(told);
  if (typeof read === 'string') return;
  const { receivedAtMs: _, ...trade } = read;
  recorded.trades.push(trade);
  recorded.watermarkMs = Math.max(recorded.watermarkMs, trade.timeMs);
}

function takeBook(of: (instrumentId: InstrumentId) => Recorded, row: ToldBook): void {
  if (row.kind === 'quote') {
    const { bid, ask } = row.quote;
    const levels = { bid: bid && levelOf(bid), ask: ask && levelOf(ask) };
    of(row.quote.instrumentId).quotes.push(quoteViewOf({ ...row.quote, ...levels }));
  } else {
    const [bids, asks] = [row.levels.bids.map(levelOf), row.levels.asks.map(levelOf)];
    of(row.levels.instrumentId).books.push(bookViewOf({ ...row.levels, bids, asks }));
  }
}

function takeHeartbeat(
  all: ReadonlyMap<InstrumentId, Recorded>,
  { exchange, watermarkMs }: Extract<TapeStep, { readonly kind: 'heartbeat' }>,
): void {
  for (const [instrumentId, recorded] of all)
    if (exchangeOf(instrumentId) === exchange && recorded.trades.length > 0)
      recorded.watermarkMs = Math.max(recorded.watermarkMs, watermarkMs);
}

/** Each once. */
function putInOrder(trades: Trade[]): void {
  const distinct = new Map(trades.map((trade) => [`${trade.timeMs} ${trade.tradeId}`, trade]));
  const inOrder = [...distinct.values()].sort((a, b) => a.timeMs - b.timeMs || a.tradeId - b.tradeId);
  trades.splice(0, Infinity, ...inOrder);
}

function levelOf([price, quantity]: LevelRow): BestLevel {
  return { price: decimal(price), quantity: decimal(quantity) };
}

/** The closed candles of every interval, folded as plainly as can be. */
export function closedPlainly({ trades, watermarkMs }: Recorded): ReadonlyMap<Interval, readonly Sums[]> {
  return new Map(
    INTERVALS.map((interval) => [
      interval,
      foldedPlainly(trades, interval).filter(
        ({ openTimeMs }) => openTimeMs + intervalMs(interval) <= watermarkMs,
      ),
    ]),
  );
}
