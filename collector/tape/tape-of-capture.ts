import { CaptureDecoders } from '../../shared/adapters/exchanges/capture-decoders.ts';
import { readCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import type { VenueTrade } from '../../shared/adapters/exchanges/venue.ts';
import { readToldTrade } from '../../shared/contracts/lane-rows.ts';
import type { TapeStep } from '../../shared/engine/tape-folds.ts';
import { TapeBooks } from './tape-books.ts';
import { TapeBoundaries } from './tape-boundaries.ts';
import { readTapeMessage } from './tape-message.ts';
import { tapeSteps, type TapeStep as SentStep } from './tape-steps.ts';

/**
 * A capture as the engine takes it: the very steps that a replay of it sends through the platform. Trades that are
 * none are left out, as the platform sets them aside.
 * @throws BadCapture
 */
export async function* tapeOfCapture(path: string): AsyncGenerator<readonly TapeStep[]> {
  const boundaries = new TapeBoundaries();
  // A price is compared with those of other venues by its book, where there is one.
  const books = new TapeBooks();
  const decoders = new CaptureDecoders();
  for await (const messages of readCapture(path)) {
    yield [
      ...tapeSteps(
        messages.map((message) => readTapeMessage(message, decoders)),
        boundaries,
        books,
      ),
    ].flatMap(engineSteps);
  }
}

function engineSteps(step: SentStep): TapeStep[] {
  if (step.kind === 'trades') return step.trades.flatMap(engineStep);
  return step.kind === 'books' ? [] : [step];
}

function engineStep(trade: VenueTrade): TapeStep[] {
  const read = readToldTrade(trade);
  return typeof read === 'string' ? [] : [{ kind: 'trade', trade: read }];
}
