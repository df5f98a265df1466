/** What the token allows: what it does not is shown as out of reach, with the reason, instead of failing when tried. */
import type { RouteKey } from '../../shared/contracts/api.ts';
import { useReading } from '../api/use-reading.ts';
import type { Caller } from '../api/views.ts';
import type { ApiClient } from '../api/api-client.ts';
import { usePlatform } from './platform-access.ts';

/** A token keeps its role for as long as it lives; asked again for the one time that no answer came. */
const EVERY_MS = 10_000;

export function useCaller(api: ApiClient): Caller | null {
  const { value } = useReading(async () => api.call('GET /v1/caller'), { everyMs: EVERY_MS });
  return value;
}

/** Why a route is out of reach, for people; null: it is not. */
export function useDenial(route: RouteKey): string | null {
  const { caller } = usePlatform();
  if (caller === null) return 'What your token allows is not known yet';
  return caller.routes.includes(route) ? null : `Your token is a ${caller.role}’s, and does not allow this`;
}
