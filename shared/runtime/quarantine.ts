import type { SQSRecord } from 'aws-lambda';
import { quarantineIndex, quarantineKey } from '../contracts/record-keys.ts';
import type { QuarantineRecord } from '../contracts/records.ts';
import { deterministicId } from '../domain/ids.ts';
import type { Ports } from '../ports/index.ts';
import { ConditionFailed, type StateStore } from '../ports/state-store.ts';
import type { FunctionName } from '../topology.ts';

export type Poison = Pick<
  QuarantineRecord,
  'kind' | 'cause' | 'payload' | 'instrumentId' | 'lane' | 'functionName'
>;

/** A message of a queue, whose group is the lane that it came by. @param payload what is to be seen of it */
export async function quarantineMessage(
  { state, clock }: Pick<Ports, 'state' | 'clock'>,
  functionName: FunctionName,
  { attributes }: SQSRecord,
  cause: string,
  payload: string,
): Promise<void> {
  // Emulators leave the group out of the event.
  const lane = attributes.MessageGroupId ?? functionName;
  const poison = { kind: 'message', cause, payload, instrumentId: null, lane, functionName } as const;
  await quarantine(state, poison, clock.nowMs());
}

/** Payloads beyond this are cut: quarantine must fit an item, and the archive holds the whole message. */
const MAX_PAYLOAD_CHARACTERS = 64 * 1024;

/** Sets something aside with its cause. The same thing seen again, by a retry, is one entry. */
export async function quarantine(state: StateStore, poison: Poison, nowMs: number): Promise<void> {
  const id = deterministicId('quarantine', poison.kind, poison.lane, poison.payload);
  const record: QuarantineRecord = {
    ...poison,
    id,
    payload: poison.payload.slice(0, MAX_PAYLOAD_CHARACTERS),
    status: 'QUARANTINED',
    quarantinedAtMs: nowMs,
    redrivenAtMs: null,
    fix: null,
  };
  try {
    await state.write({
      kind: 'put',
      table: 'operations',
      ...quarantineKey(id),
      value: record,
      condition: { kind: 'absent' },
      index: quarantineIndex('QUARANTINED', nowMs, id),
    });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
