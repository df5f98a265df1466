import { killSwitchKey } from '../../shared/contracts/record-keys.ts';
import type { KillSwitchRecord } from '../../shared/contracts/records.ts';
import { parseLaneRecord } from '../../shared/contracts/stream-records.ts';
import type { Law } from '../fabric/watch.ts';

/** What was read longer ago allows nothing any more: a function is given up after five seconds, and a call lasts as long. */
const LASTS_MS = 20_000;

/**
 * Nothing is sent to a venue but by somebody who has just found the switch of its account off. Each such reading lets one
 * order go: one that was read before the switch was engaged may be on its way, and no more than that.
 */
export function killSwitchStops(): Law {
  const readOffAtMs = new Map<string, number[]>();
  const sentAtMs = new Map<string, number>();
  return {
    name: 'an engaged kill switch stops submissions',
    onRead: ({ functionName, pk, sk, value }, { nowMs }) => {
      if (functionName !== 'submit-order' || sk !== killSwitchKey('').sk) return null;
      if (!(value as KillSwitchRecord).engaged) readOffAtMs.set(pk, [...(readOffAtMs.get(pk) ?? []), nowMs]);
      return null;
    },
    onAppended: (records, { nowMs }) => {
      for (const { data } of records) {
        const record = parseLaneRecord(Buffer.from(data).toString('utf8'));
        if (record.kind !== 'order') continue;
        const { clientOrderId, accountId } = record.order;
        // The stream got it twice.
        if (sentAtMs.get(clientOrderId) === nowMs) continue;
        sentAtMs.set(clientOrderId, nowMs);
        const { pk } = killSwitchKey(accountId);
        const readings = (readOffAtMs.get(pk) ?? []).filter((atMs) => nowMs - atMs <= LASTS_MS);
        if (readings.shift() === undefined)
          return `order ${clientOrderId} was sent, and nobody had found the switch of ${accountId} off`;
        readOffAtMs.set(pk, readings);
      }
      return null;
    },
  };
}
