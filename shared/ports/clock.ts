/**
 * The time that decisions are made by: the wall's when live, the tape's when a capture is replayed, which is
 * what lets a replay at any speed expire the same orders.
 */
export interface Clock {
  nowMs(): number;
}
