import type { DetailType, EventDetail } from '../contracts/events.ts';

export type BusEvent = {
  [T in DetailType]: { readonly detailType: T; readonly detail: EventDetail<T> };
}[DetailType];

/** Unordered, at least once. */
export interface EventBus {
  /** Resolves when every event is accepted; any number of events, 256 KB each. @throws LimitExceeded */
  publish(events: readonly BusEvent[]): Promise<void>;
}

export const MAX_EVENT_BYTES = 256 * 1024;
