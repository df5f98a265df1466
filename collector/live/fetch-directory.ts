import { SymbolDirectory } from '../../shared/adapters/exchanges/symbol-directory.ts';
import type { VenueEndpoints } from '../../shared/adapters/exchanges/venue.ts';
import { fetchText } from './fetch-text.ts';
import { liveVenue } from './live-venue.ts';
import { systemTime } from '../../shared/ports/time.ts';
import { RequestBudget } from './request-budget.ts';
import { networkTransport, type VenueTransport } from './venue-transport.ts';

const WITHIN_MS = 8000;
const TIMEOUT_MS = 5000;

/**
 * What a venue lists, before anything is listened to.
 * @returns undefined: it does not say, or not in time. Then what was asked for is not held against it.
 * @throws LiveRefused
 */
export async function fetchDirectory(
  exchange: string,
  endpoints: VenueEndpoints | null,
  transport: VenueTransport = networkTransport,
): Promise<SymbolDirectory | undefined> {
  const { venue, live } = liveVenue(exchange);
  const request = live.catalogue?.((endpoints ?? live.endpoints).rest);
  if (request === undefined) return undefined;
  try {
    const answer = await fetchText(request, {
      transport,
      budget: new RequestBudget({ ...live.limits, time: systemTime }),
      time: systemTime,
      signal: AbortSignal.timeout(WITHIN_MS),
      timeoutMs: TIMEOUT_MS,
      patience: { kind: 'attempts', attempts: 2 },
      random: Math.random,
    });
    if (answer.kind === 'failed') return undefined;
    const directory = new SymbolDirectory();
    venue.decoder(directory).read({ kind: 'rest', url: request.url, message: answer.text }, Date.now());
    return directory.isWhole ? directory : undefined;
  } catch {
    return undefined;
  }
}
