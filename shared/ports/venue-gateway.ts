import type { Order } from '../domain/orders/order.ts';

/** An order as its venue has it. */
export interface VenueOrder {
  /** It waits there, and may fill yet. */
  readonly isOpen: boolean;
}

/** Where orders go. One implementation a venue. */
export interface VenueGateway {
  /** Resolves when the venue has the order. Anything thrown means that nobody knows: ask with `find`. */
  submit(order: Order): Promise<void>;
  /** @returns null: the venue has not heard of it, or long ago. Never resend before it was asked. */
  find(order: Order): Promise<VenueOrder | null>;
  /**
   * Ends an order of which nobody knows whether it was ever submitted: it will not fill from here on, and if it has not
   * ended already the venue reports that it has, with the reason. Doing it twice is doing it once.
   */
  withdraw(order: Order, reason: string): Promise<void>;
}
