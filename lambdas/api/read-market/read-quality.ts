import type { QueryOf } from '../../../shared/contracts/api.ts';
import { QUALITY_CURSOR } from '../../../shared/contracts/quality-views.ts';
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

/** @returns null: it is none. Behind a time that no market has come to yet lies everything. */
function placeOf(cursor: string): QualityPlace | null {
  const [, at, id] = QUALITY_CURSOR.exec(cursor) ?? [];
  return at === undefined || id === undefined ? null : { atMs: Math.min(Number(at), MAX_TIME_MS), id };
}
