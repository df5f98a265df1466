import type { EventBridgeEvent } from 'aws-lambda';
import { eventSchemas, type EventDetail } from '../../../shared/contracts/events.ts';
import { bookOf, bookRecordOf } from '../../../shared/contracts/ledger-records.ts';
import { bookKey, booksIndex, exitsKey, fillKey, fillsIndex } from '../../../shared/contracts/record-keys.ts';
import type { BookRecord } from '../../../shared/contracts/records.ts';
import { exitsOf, exitsRecord, exitsRecordOf } from '../../../shared/contracts/risk-records.ts';
import type { Fill } from '../../../shared/domain/orders/order.ts';
import { bookFill, type RoundTrip } from '../../../shared/domain/portfolio/book.ts';
import { exitOf, exitsAfter } from '../../../shared/domain/risk/memory.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { conditionOn, type StateStore, type Write } from '../../../shared/ports/state-store.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import { retryOnConflict } from '../../../shared/runtime/optimistic.ts';
import { deliverOutbox, outboxWrite, redeliverOutbox, type Outbox } from '../../../shared/runtime/outbox.ts';

type Needs = Pick<Ports, 'state' | 'bus' | 'clock'>;

/** Books a fill: the fill, the book and the event that tells of them are one transaction, and a fill is booked once. */
export function createHandler(ports: Needs) {
  return defineFunction(
    'apply-fill',
    async (event: EventBridgeEvent<'OrderFilledV1', EventDetail<'OrderFilledV1'>>, invocation) => {
      const { fill } = eventSchemas.OrderFilledV1.parse(event.detail);
      invocation.count(await retryOnConflict(async () => applyFill(ports, fill)));
    },
  );
}

async function applyFill(ports: Needs, fill: Fill): Promise<'fillsBooked' | 'fillsRepeated'> {
  if ((await ports.state.get('portfolio', fillKey(fill.fillId))) !== null) {
    await redeliverOutbox(ports, 'portfolio', fill.fillId);
    return 'fillsRepeated';
  }
  const item = await ports.state.get<BookRecord>('portfolio', bookKey(fill.strategyId));
  if (item === null) throw new Error(`fill ${fill.fillId}: no book of strategy ${fill.strategyId}`);
  const outcome = bookFill(bookOf(item.value), fill);
  if (outcome.kind === 'impossible')
    throw new Error(`fill ${fill.fillId} does not fit its book: ${outcome.reason}`);
  const position = bookRecordOf(outcome.book);
  const outbox: Outbox = {
    table: 'portfolio',
    id: fill.fillId,
    effects: [{ kind: 'publish', event: { detailType: 'PortfolioChangedV1', detail: { fill, position } } }],
  };
  await ports.state.transact([
    fillWrite(fill),
    bookWrite(position, item.version),
    ...(await exitsWrites(ports.state, fill.strategyId, outcome.roundTrip)),
    outboxWrite(outbox, ports.clock.nowMs()),
  ]);
  await deliverOutbox(ports, outbox);
  return 'fillsBooked';
}

function fillWrite(fill: Fill): Write {
  return {
    kind: 'put',
    table: 'portfolio',
    ...fillKey(fill.fillId),
    value: fill,
    condition: { kind: 'absent' },
    index: fillsIndex(fill.accountId, fill.timeMs, fill.fillId),
  };
}

/** What the protections among the risk rules look back upon. Damaged, they begin anew: the ledger has them all. */
async function exitsWrites(
  state: StateStore,
  strategyId: string,
  roundTrip: RoundTrip | null,
): Promise<readonly Write[]> {
  if (roundTrip === null) return [];
  const key = exitsKey(strategyId);
  const item = await state.get('portfolio', key);
  const known = exitsRecord.safeParse(item?.value).data ?? { exits: [] };
  const value = exitsRecordOf(exitsAfter(exitsOf(known), exitOf(roundTrip)));
  return [{ kind: 'put', table: 'portfolio', ...key, value, condition: conditionOn(item?.version ?? null) }];
}

function bookWrite(position: BookRecord, version: number): Write {
  return {
    kind: 'put',
    table: 'portfolio',
    ...bookKey(position.strategyId),
    value: position,
    condition: { kind: 'version', version },
    index: booksIndex(position.accountId, position.strategyId),
  };
}
