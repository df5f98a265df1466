import { commandRecord } from '../../../contracts/lane-commands.ts';
import { venueKey } from '../../../contracts/record-keys.ts';
import { laneOf } from '../../../domain/market-data/lane.ts';
import type { OrderIdentity } from '../../../domain/orders/working-order.ts';
import type { VenueCommand } from '../../../domain/orders/written-command.ts';
import { findOrder, type WrittenVenue } from '../../../domain/orders/written-venue.ts';
import type { StateStore } from '../../../ports/state-store.ts';
import { recordOfLane, type StreamWriter } from '../../../ports/stream-writer.ts';
import type { VenueGateway, VenueOrder } from '../../../ports/venue-gateway.ts';

/**
 * Puts commands into the lane of their instrument, where match-orders meets them with the tape. A withdrawal lies behind its order, if
 * that was ever sent: whatever the venue makes of it, both come in one order.
 */
export class PaperVenueGateway implements VenueGateway {
  readonly #streams: StreamWriter;
  readonly #state: StateStore;

  constructor(streams: StreamWriter, state: StateStore) {
    this.#streams = streams;
    this.#state = state;
  }

  async send(command: VenueCommand): Promise<void> {
    const lane = laneOf(instrumentOf(command));
    const data = Buffer.from(JSON.stringify(commandRecord(lane, command)));
    await this.#streams.append('trades', [recordOfLane(lane, data)]);
  }

  async find(order: OrderIdentity): Promise<VenueOrder | null> {
    return findAtPaperVenue(this.#state, order);
  }
}

function instrumentOf(command: VenueCommand): string {
  if (command.kind !== 'submit') return command.order.instrumentId;
  const [first] = command.orders;
  if (first === undefined) throw new RangeError('nothing is submitted');
  return first.instrumentId;
}

/** For whoever asks the paper venue and sends it nothing. */
export async function findAtPaperVenue(
  state: StateStore,
  { instrumentId, clientOrderId }: Pick<OrderIdentity, 'instrumentId' | 'clientOrderId'>,
): Promise<VenueOrder | null> {
  const item = await state.get<{ state: WrittenVenue }>('orders', venueKey(laneOf(instrumentId)));
  return item === null ? null : findOrder(item.value.state, clientOrderId);
}
