/** Which functions an event goes to, and what every bus refuses alike, as EventBridge would. */
import { MAX_EVENT_BYTES, type BusEvent } from '../ports/event-bus.ts';
import { LimitExceeded } from '../ports/state-store.ts';
import type { RuleDefinition } from '../topology-schema.ts';

export function targetsByDetailType(rules: readonly RuleDefinition[]): Map<string, string[]> {
  const targets = new Map<string, string[]>();
  for (const { detailType, functions } of rules) {
    targets.set(detailType, [...(targets.get(detailType) ?? []), ...functions]);
  }
  return targets;
}

/** @returns the detail as JSON. */
export function checkEvent(event: BusEvent): string {
  const detail = JSON.stringify(event.detail);
  const bytes = Buffer.byteLength(detail) + Buffer.byteLength(event.detailType);
  if (bytes > MAX_EVENT_BYTES) {
    throw new LimitExceeded(`event ${event.detailType} has ${bytes} bytes, at most ${MAX_EVENT_BYTES}`);
  }
  return detail;
}
