import type { Order } from '../domain/orders/order.ts';

/** Where orders go. One implementation a venue. */
export interface VenueGateway {
  /** Resolves when the venue has the order. Anything thrown means that nobody knows: ask with `knows`. */
  submit(order: Order): Promise<void>;
  /** Whether the venue has heard of the order. Never resend before it was asked. */
  knows(order: Order): Promise<boolean>;
  /**
   * Ends an order of which nobody knows whether it was ever submitted: it will not fill from here on, and if it has not
   * ended already the venue reports that it has, with the reason. Doing it twice is doing it once.
   */
  withdraw(order: Order, reason: string): Promise<void>;
}
