import { decidedKey, heldIndex } from '../contracts/record-keys.ts';
import type { DecidedRecord } from '../contracts/records.ts';
import { isHeld, type Target } from '../domain/trading/target.ts';
import { conditionOn, type PutWrite } from '../ports/state-store.ts';

/**
 * What was decided last, with what of it is not reached: under an index by which the next candle finds it, while nothing works
 * towards it.
 * @param version that it was read at; null: there was none
 */
export function decidedWrite(
  strategyId: string,
  version: number | null,
  decided: Omit<DecidedRecord, 'target'>,
  target: Target | null,
): PutWrite {
  return {
    kind: 'put',
    table: 'orders',
    ...decidedKey(strategyId),
    value: { ...decided, ...(target === null ? {} : { target }) },
    condition: conditionOn(version),
    ...(isHeld(target) ? { index: heldIndex(target.signal) } : {}),
  };
}
