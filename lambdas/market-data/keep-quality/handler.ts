import type { EventBridgeEvent } from 'aws-lambda';
import { eventSchemas } from '../../../shared/contracts/events.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';

/** Keeps the log of what was said against market data: those who see it need to know of no table. */
export function createHandler(ports: Pick<Ports, 'quality'>) {
  return defineFunction(
    'keep-quality',
    async (event: EventBridgeEvent<'QualityNotedV1', unknown>, invocation): Promise<void> => {
      const { events } = eventSchemas.QualityNotedV1.parse(event.detail);
      await ports.quality.insert(events);
      for (const [venue, ofVenue] of Map.groupBy(events, (one) => one.venue))
        invocation.countOf(venue, 'qualityNoted', ofVenue.length);
    },
  );
}
