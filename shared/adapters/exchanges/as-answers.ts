import type { VenueEvent } from './venue.ts';

/** What a venue told because it was asked, or as the first of a subscription: its trades may be of long ago. */
export function asAnswers(events: readonly VenueEvent[]): readonly VenueEvent[] {
  return events.map((event) => (event.kind === 'trade' ? { ...event, isAnswer: true } : event));
}
