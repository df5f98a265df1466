import type { QueryOf } from '../../../shared/contracts/api.ts';
import { MAX_TIME_MS } from '../../../shared/domain/market-data/time-bound.ts';
import type { QualityPlace, QualityStore } from '../../../shared/ports/quality-store.ts';
import { NOT_A_CURSOR } from '../../../shared/runtime/rest-listing.ts';
import type { RestOutcome } from '../../../shared/runtime/rest-outcome.ts';

/** What was said against market data, newest first. */
export async function readQuality(
  store: QualityStore,
  { venue, instrument, flag, from, to, limit, after }: QueryOf<'GET /v1/quality'>,
): Promise<RestOutcome<'GET /v1/quality'>> {
  const before = after === undefined ? null : placeOf(after);
  if (after !== undefined && before === null) return NOT_A_CURSOR;
  const items = await store.newest({
    venue: venue ?? null,
    instrumentId: instrument ?? null,
    flag: flag ?? null,
    fromMs: from,
    toMs: to,
    before,
    limit,
  });
  const last = items.at(-1);
  const next = last === undefined || items.length < limit ? null : `${last.atMs}-${last.id}`;
  return { kind: 'done', body: { items: [...items], next } };
}

const CURSOR = /^(\d{1,15})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** @returns null: no page has given this out. */
function placeOf(cursor: string): QualityPlace | null {
  const [, at, id] = CURSOR.exec(cursor) ?? [];
  const atMs = Number(at);
  return at === undefined || id === undefined || atMs >= MAX_TIME_MS ? null : { atMs, id };
}
