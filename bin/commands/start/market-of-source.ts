/** Which market a start is of. */
import type { VerifiedCapture } from '../../../shared/adapters/exchanges/capture-file.ts';
import { MARKETS, type Market } from '../../../shared/domain/market-data/market.ts';
import { BadInput } from '../../command-line/bad-input.ts';

/**
 * Captures that nothing says are simulated were recorded at a venue.
 * @throws BadInput for captures of both
 */
export function marketOfCaptures(files: readonly VerifiedCapture[]): Market {
  const [simulated, real] = MARKETS.map((market) => firstOf(files, market));
  if (simulated && real)
    throw new BadInput(
      `--replay: ${simulated} is of the simulated market and ${real} of the real one: expected captures of one market`,
    );
  return simulated ? 'simulated' : 'real';
}

function firstOf(files: readonly VerifiedCapture[], market: Market): string | null {
  for (const { path, firstLineOf } of files) {
    const line = firstLineOf.get(market);
    if (line !== undefined) return `${path}: line ${line}`;
  }
  return null;
}
