import type { BodyOf } from '../../../shared/contracts/api.ts';
import {
  bookKey,
  DAY_PREFIX,
  decidedKey,
  definitionKey,
  exitsKey,
  listedKey,
  progressKey,
  reservationKey,
  STRATEGIES_PARTITION,
} from '../../../shared/contracts/record-keys.ts';
import type {
  BookRecord,
  ProgressRecord,
  ReservationRecord,
  StrategyRecord,
} from '../../../shared/contracts/records.ts';
import { MAX_STRATEGIES, type StrategyView } from '../../../shared/contracts/strategy-views.ts';
import type { Account } from '../../../shared/domain/accounts/account.ts';
import { termsOfAccount } from '../../../shared/domain/accounts/instance-paper-model.ts';
import { decimal, formatDecimal } from '../../../shared/domain/decimal.ts';
import { strategyInstance } from '../../../shared/domain/strategies/instance.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { conditionOn, type StateStore, type Write } from '../../../shared/ports/state-store.ts';
import { readAccount, unknownAccount } from '../../../shared/runtime/accounts.ts';
import { createStrategy, definitionWrites } from '../../../shared/runtime/create-strategy.ts';
import { latestPrices } from '../../../shared/runtime/latest-prices.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import { listItems } from '../../../shared/runtime/rest-listing.ts';
import { wrongBodyField, type Refusal, type RestOutcome } from '../../../shared/runtime/rest-outcome.ts';

/** Creates, shows, pauses and removes strategy instances. */
export function createHandler(ports: Pick<Ports, 'state'>, nowMs: () => number = Date.now) {
  const { state } = ports;
  return defineRestFunction('manage-strategies', {
    'GET /v1/strategies': async ({ query }) =>
      listItems(async (options) => {
        const page = await state.queryIndex<StrategyRecord>('signals', STRATEGIES_PARTITION, options);
        const views = await viewsOf(
          state,
          page.items.map(({ value }) => value),
        );
        return { ...page, items: page.items.map((item, i) => ({ ...item, value: views[i]! })) };
      }, query),
    'POST /v1/strategies': async ({ body }) => create(state, body, nowMs()),
    'GET /v1/strategies/{strategyId}': async ({ path }) => show(state, path.strategyId),
    'PUT /v1/strategies/{strategyId}': async ({ path, body }) => change(state, path.strategyId, body.status),
    'DELETE /v1/strategies/{strategyId}': async ({ path }) => remove(state, path.strategyId),
  });
}

function unknownStrategy(strategyId: string): Refusal {
  return { kind: 'not-found', detail: `no strategy instance ${strategyId}` };
}

async function create(
  state: StateStore,
  body: BodyOf<'POST /v1/strategies'>,
  nowMs: number,
): Promise<RestOutcome<'POST /v1/strategies'>> {
  const account = await readAccount(state, body.accountId);
  if (account === null) return unknownAccount(body.accountId);
  const instance = strategyInstance({ ...body, ...termsOf(body, account) });
  if ('error' in instance) return wrongBodyField(instance.field, instance.error);
  // Approximate on AWS, where an index lags behind its table: requests within that moment of one another may each find
  // room for the last instance, and one removed just now may still count. A guard against a runaway client needs no
  // more; an exact count would make every creation and removal wait for one item. Instances beyond the bound are kept,
  // but what reads so many at once (a candle's strategies, the portfolio) may leave them out.
  const known = await state.queryIndex('signals', STRATEGIES_PARTITION, { limit: MAX_STRATEGIES });
  if (known.items.length >= MAX_STRATEGIES) {
    return { kind: 'conflict', detail: `there are ${MAX_STRATEGIES} strategy instances: remove one first` };
  }
  const { created } = await createStrategy(state, instance, nowMs);
  if (!created) return { kind: 'conflict', detail: `this strategy instance exists: ${instance.strategyId}` };
  return {
    kind: 'done',
    body: await viewOf(state, instance),
    location: `/v1/strategies/${instance.strategyId}`,
  };
}

/** The rates that it trades by, and which of them it did not state. */
function termsOf({ feeRate, slippage }: BodyOf<'POST /v1/strategies'>, account: Account) {
  const terms = termsOfAccount(account);
  return {
    feeRate: feeRate ?? formatDecimal(terms.feeRate),
    slippage: slippage ?? formatDecimal(terms.slippage),
    byAccount: [
      ...(feeRate === undefined ? (['feeRate'] as const) : []),
      ...(slippage === undefined ? (['slippage'] as const) : []),
    ],
  };
}

async function show(
  state: StateStore,
  strategyId: string,
): Promise<RestOutcome<'GET /v1/strategies/{strategyId}'>> {
  const [definition, progress, book, reservation] = await Promise.all([
    state.get<StrategyRecord>('signals', definitionKey(strategyId)),
    state.get<ProgressRecord>('signals', progressKey(strategyId)),
    state.get<BookRecord>('portfolio', bookKey(strategyId)),
    state.get<ReservationRecord>('orders', reservationKey(strategyId)),
  ]);
  if (definition === null) return unknownStrategy(strategyId);
  return {
    kind: 'done',
    body: {
      ...(await viewOf(state, definition.value)),
      progress: progress === null ? null : { lastCandleOpenTimeMs: progress.value.lastCandleOpenTimeMs },
      position: book?.value ?? null,
      orderInFlight: reservation?.value.clientOrderId ?? null,
    },
  };
}

async function change(
  state: StateStore,
  strategyId: string,
  status: StrategyRecord['status'],
): Promise<RestOutcome<'PUT /v1/strategies/{strategyId}'>> {
  const item = await state.get<StrategyRecord>('signals', definitionKey(strategyId));
  if (item === null) return unknownStrategy(strategyId);
  const changed: StrategyRecord = { ...item.value, status };
  if (item.value.status !== status) {
    await state.transact([
      ...definitionWrites(changed, { kind: 'version', version: item.version }),
      ...(status === 'RUNNING' ? await behindWrites(state, strategyId) : []),
    ]);
  }
  return { kind: 'done', body: await viewOf(state, changed) };
}

/** Of an instance that goes on: what happened while it was paused is not to be traded upon now. */
async function behindWrites(state: StateStore, strategyId: string): Promise<readonly Write[]> {
  const key = progressKey(strategyId);
  const progress = await state.get<ProgressRecord>('signals', key);
  if (progress === null) return [];
  const value: ProgressRecord = { ...progress.value, isBehind: true };
  const condition = { kind: 'version', version: progress.version } as const;
  return [{ kind: 'put', table: 'signals', ...key, value, condition }];
}

/** The latest days with a signal: as many as fit into the transaction. Losses are measured within the day. */
const DAYS_FORGOTTEN = 80;

/**
 * Removes an instance and its book, unless there is a position or an order in flight. That is checked again in the
 * transaction: an order approved meanwhile has either its reservation there, or finds its book gone and is not approved.
 */
async function remove(
  state: StateStore,
  strategyId: string,
): Promise<RestOutcome<'DELETE /v1/strategies/{strategyId}'>> {
  const { pk } = bookKey(strategyId);
  const [definition, book, reservation, days] = await Promise.all([
    state.get<StrategyRecord>('signals', definitionKey(strategyId)),
    state.get<BookRecord>('portfolio', bookKey(strategyId)),
    state.get<ReservationRecord>('orders', reservationKey(strategyId)),
    state.query('portfolio', pk, DAY_PREFIX, { limit: DAYS_FORGOTTEN, descending: true }),
  ]);
  if (definition === null) return unknownStrategy(strategyId);
  if (reservation !== null) {
    return {
      kind: 'conflict',
      detail: `order ${reservation.value.clientOrderId} is in flight: wait for its end`,
    };
  }
  if (book !== null && decimal(book.value.quantity) !== 0n) {
    return {
      kind: 'conflict',
      detail: `it holds ${book.value.quantity} of ${book.value.instrumentId}: expected a flat position`,
    };
  }
  await state.transact([
    {
      kind: 'delete',
      table: 'signals',
      ...definitionKey(strategyId),
      condition: { kind: 'version', version: definition.version },
    },
    { kind: 'delete', table: 'signals', ...listedKey(strategyId), condition: { kind: 'none' } },
    { kind: 'delete', table: 'signals', ...progressKey(strategyId), condition: { kind: 'none' } },
    {
      kind: 'delete',
      table: 'portfolio',
      ...bookKey(strategyId),
      condition: conditionOn(book?.version ?? null),
    },
    { kind: 'delete', table: 'portfolio', ...exitsKey(strategyId), condition: { kind: 'none' } },
    { kind: 'check', table: 'orders', ...reservationKey(strategyId), condition: { kind: 'absent' } },
    { kind: 'delete', table: 'orders', ...decidedKey(strategyId), condition: { kind: 'none' } },
    ...days.items.map(({ pk, sk }): Write => ({
      kind: 'delete',
      table: 'portfolio',
      pk,
      sk,
      condition: { kind: 'none' },
    })),
  ]);
  return { kind: 'done', body: null };
}

async function viewOf(state: StateStore, record: StrategyRecord): Promise<StrategyView> {
  const [view] = await viewsOf(state, [record]);
  return view!;
}

/** An instrument that no source knows is no mistake yet, since a source may be listened to later: it is said. */
async function viewsOf(
  state: StateStore,
  records: readonly StrategyRecord[],
): Promise<readonly StrategyView[]> {
  const prices = await latestPrices(
    state,
    records.map(({ instrumentId }) => instrumentId),
  );
  return records.map(({ byAccount, paper: _, ...record }) => ({
    ...record,
    params: { ...record.params },
    ...(byAccount === undefined ? {} : { byAccount: [...byAccount] }),
    waiting: prices.has(record.instrumentId)
      ? null
      : `no market data of ${record.instrumentId} has come in: it waits until a source has some`,
  }));
}
