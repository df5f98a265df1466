import {
  booksIndex,
  bookKey,
  definitionKey,
  listedKey,
  runningIndex,
  strategiesIndex,
} from '../contracts/record-keys.ts';
import type { BookRecord, StrategyRecord } from '../contracts/records.ts';
import { writtenInstanceModel } from '../domain/accounts/instance-paper-model.ts';
import type { StrategyInstance } from '../domain/strategies/strategy.ts';
import { ConditionFailed, type PutWrite, type StateStore } from '../ports/state-store.ts';
import { ensureAccount, readAccount } from './accounts.ts';

/**
 * Creates an instance with its book, and with them the limits and the kill switch of its account where those are
 * missing: run-desk denies whatever it cannot read. The account comes first, so no instance is ever without them; it never
 * changes, so that the instance has what its orders are to fare by.
 * @returns `created: false` when the instance was there before; nothing is changed then.
 */
export async function createStrategy(
  state: StateStore,
  instance: StrategyInstance,
  nowMs: number,
): Promise<{ readonly created: boolean }> {
  await ensureAccount(state, instance.accountId, nowMs);
  const account = await readAccount(state, instance.accountId);
  const paper = account === null ? undefined : writtenInstanceModel(account, instance);
  const record: StrategyRecord = { ...instance, ...(paper === undefined ? {} : { paper }) };
  try {
    await state.transact([...definitionWrites(record, { kind: 'absent' }), bookWrite(instance)]);
    return { created: true };
  } catch (error) {
    if (error instanceof ConditionFailed) return { created: false };
    throw error;
  }
}

/**
 * The definition and its place in the list of all. An item has one index key and there are two lists, so there are
 * two items, always written together.
 * @param condition on the definition; the listed copy follows it.
 */
export function definitionWrites(
  record: StrategyRecord,
  condition: PutWrite['condition'],
): readonly PutWrite[] {
  const { strategyId, instrumentId, interval, status } = record;
  return [
    {
      kind: 'put',
      table: 'signals',
      ...definitionKey(strategyId),
      value: record,
      condition,
      ...(status === 'RUNNING' ? { index: runningIndex(strategyId, instrumentId, interval) } : {}),
    },
    {
      kind: 'put',
      table: 'signals',
      ...listedKey(strategyId),
      value: record,
      condition: { kind: 'none' },
      index: strategiesIndex(strategyId),
    },
  ];
}

function bookWrite(instance: StrategyInstance): PutWrite {
  const { accountId, strategyId, instrumentId, capital } = instance;
  const book: BookRecord = {
    accountId,
    strategyId,
    instrumentId,
    quantity: '0',
    cash: capital,
    cost: '0',
    realizedProfit: '0',
    feesPaid: '0',
    fills: 0,
    entryTimeMs: null,
    entryPrice: null,
  };
  return {
    kind: 'put',
    table: 'portfolio',
    ...bookKey(strategyId),
    value: book,
    condition: { kind: 'absent' },
    index: booksIndex(accountId, strategyId),
  };
}
