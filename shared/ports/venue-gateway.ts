import type { Order } from '../domain/orders/order.ts';

/** Where orders go. One implementation a venue. */
export interface VenueGateway {
  /** Resolves when the venue has the order. Anything thrown means that nobody knows: ask with `knows`. */
  submit(order: Order): Promise<void>;
  /** Whether the venue has heard of the order. Never resend before it was asked. */
  knows(order: Order): Promise<boolean>;
}
