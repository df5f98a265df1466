import type { Listing } from '../../domain/market-data/listing.ts';
import type { CaptureEvent } from './capture-decoders.ts';

const NONE: readonly Listing[] = [];

/** What a message says of a catalogue. Nearly every message says nothing of it, and costs nothing here. */
export function listingsIn(events: readonly CaptureEvent[]): readonly Listing[] {
  if (!events.some(({ kind }) => kind === 'instrument')) return NONE;
  return events.flatMap((event) => (event.kind === 'instrument' ? [event.listing] : []));
}
