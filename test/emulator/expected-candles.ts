import type { CandleView } from '../../shared/contracts/events.ts';
import { publishedCandles } from '../conformance/published-candles.ts';
import { runMillrace } from '../platform/run-millrace.ts';
import type { MovedTape } from './tape.ts';

/** The closed one-minute candles of a tape: as published of the recorded one, as the command line folds a simulated one. */
export async function expectedCandles(tape: MovedTape): Promise<CandleView[]> {
  return tape.kind === 'recorded'
    ? publishedCandles(tape.shiftMs).filter(({ closed }) => closed)
    : foldedCandles(tape.path);
}

async function foldedCandles(path: string): Promise<CandleView[]> {
  const { stdout } = await runMillrace(['candles', '--capture', path, '--interval', '1m']);
  return (JSON.parse(stdout) as CandleView[]).filter(({ closed }) => closed);
}
