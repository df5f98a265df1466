import { CaptureDecoders } from '../../shared/adapters/exchanges/capture-decoders.ts';
import { readCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import type { VenueTrade } from '../../shared/adapters/exchanges/venue.ts';
import { readToldTrade } from '../../shared/contracts/lane-rows.ts';
import type { TapeStep } from '../../shared/engine/tape-folds.ts';
import { TapeBooks } from './tape-books.ts';
import { TapeBoundaries } from './tape-boundaries.ts';
import { readTapeMessage } from './tape-message.ts';
import { TapeCutter, type TapeStep as CutStep } from './tape-steps.ts';

/**
 * A capture as the engine takes it: the very steps that a replay of it sends through the platform. Trades that are
 * none are left out, as the platform sets them aside.
 * @param exchanges in it, where somebody knows: books take as long as everything else, and those of one venue are compared with none
 * @throws BadCapture
 */
export async function* tapeOfCapture(
  path: string,
  exchanges: readonly string[] | null = null,
): AsyncGenerator<readonly TapeStep[]> {
  const isOfOne = exchanges !== null && exchanges.length < 2;
  const cutter = new TapeCutter(new TapeBoundaries(), ...(isOfOne ? [] : [new TapeBooks()]));
  const decoders = new CaptureDecoders();
  for await (const messages of readCapture(path)) {
    yield [...cutter.steps(messages.map((message) => readTapeMessage(message, decoders)))].flatMap(
      engineSteps,
    );
  }
  yield [...cutter.finish()].flatMap(engineSteps);
}

function engineSteps(step: CutStep): TapeStep[] {
  if (step.kind === 'trades') return step.trades.flatMap(engineStep);
  return step.kind === 'books' ? [] : [step];
}

function engineStep(trade: VenueTrade): TapeStep[] {
  const read = readToldTrade(trade);
  return typeof read === 'string' ? [] : [{ kind: 'trade', trade: read }];
}
