/** Writes for the suite of the state stores, under keys that nobody has used. */
import { randomUUID } from 'node:crypto';
import type { Condition, DeleteWrite, ItemKey, PutWrite } from '../../../shared/ports/state-store.ts';

export const NONE: Condition = { kind: 'none' };
export const ABSENT: Condition = { kind: 'absent' };
export const at = (version: number): Condition => ({ kind: 'version', version });

export function freshKey(): ItemKey {
  return { pk: `TEST#${randomUUID()}`, sk: 'ITEM' };
}

type PutExtras = Partial<Pick<PutWrite, 'table' | 'index' | 'expiresAtMs'>>;

export function put(key: ItemKey, value: unknown, condition: Condition, extras: PutExtras = {}): PutWrite {
  return { kind: 'put', table: 'orders', ...key, value, condition, ...extras };
}

export function remove(key: ItemKey, condition: Condition): DeleteWrite {
  return { kind: 'delete', table: 'orders', ...key, condition };
}
