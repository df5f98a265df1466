import { MAX_QUALITY_AN_EVENT } from '../contracts/events.ts';
import type { QualityLog } from '../domain/market-data/quality-event.ts';
import type { EventBus } from '../ports/event-bus.ts';

/** Tells the bus what a batch has seen. Told again it is the same: events are known by their ids. */
export async function tellOfQuality(bus: EventBus, log: QualityLog): Promise<void> {
  const events = log.events();
  const batches = [];
  for (let from = 0; from < events.length; from += MAX_QUALITY_AN_EVENT)
    batches.push({
      detailType: 'QualityNotedV1' as const,
      detail: { events: events.slice(from, from + MAX_QUALITY_AN_EVENT) },
    });
  if (batches.length > 0) await bus.publish(batches);
}
