/** Which market a start is of. */
import type { VerifiedCapture } from '../../../shared/adapters/exchanges/capture-file.ts';
import { marketOfUrl } from '../../../shared/adapters/exchanges/market-of-url.ts';
import type { VenueEndpoints } from '../../../shared/adapters/exchanges/venue-protocol.ts';
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

/** Only a venue itself is real: an address that says nothing is a stand-in. @throws BadInput for one of each */
export function marketOfEndpoints(exchange: string, { ws, rest }: VenueEndpoints): Market {
  const [ofTrades, ofGaps] = [ws, rest].map((url) => marketOfUrl(exchange, url) ?? 'simulated');
  if (ofTrades !== ofGaps)
    throw new BadInput(`${exchange}: ${ws} is of the ${ofTrades} market and ${rest} of the ${ofGaps} one`);
  return ofTrades!;
}
