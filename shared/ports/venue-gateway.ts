import type { VenueCommand } from '../domain/orders/written-command.ts';
import type { OrderIdentity } from '../domain/orders/working-order.ts';

/** An order as its venue has it. */
export interface VenueOrder {
  /** It works there, and may fill yet. */
  readonly isOpen: boolean;
}

/** Where orders go. One implementation a venue. */
export interface VenueGateway {
  /**
   * Resolves when the venue has the command. Anything thrown means that nobody knows: ask with `find`. Orders that were submitted once
   * are taken once; one that is withdrawn will not fill from here on, and if it has not ended already the venue reports that it has,
   * with the reason.
   */
  send(command: VenueCommand): Promise<void>;
  /** @returns null: the venue has not heard of it, or long ago. Never resend before it was asked. */
  find(order: OrderIdentity): Promise<VenueOrder | null>;
}
