import { bookOf, bookRecordOf } from '../../../shared/contracts/ledger-records.ts';
import { bookKey, booksIndex, exitsKey, fillKey, fillsIndex } from '../../../shared/contracts/record-keys.ts';
import type { BookRecord } from '../../../shared/contracts/records.ts';
import { exitsOf, exitsRecord, exitsRecordOf } from '../../../shared/contracts/risk-records.ts';
import type { Fill } from '../../../shared/domain/orders/order.ts';
import { bookFill, type RoundTrip } from '../../../shared/domain/portfolio/book.ts';
import { exitOf, exitsAfter } from '../../../shared/domain/risk/memory.ts';
import { conditionOn, type StateStore, type Write } from '../../../shared/ports/state-store.ts';

export interface Booking {
  readonly position: BookRecord;
  /** To be committed with what else follows from the fill. None where it is in the ledger already. */
  readonly writes: readonly Write[];
}

/** Puts a fill into the ledger, once. @throws Error where it fits no book: a bug or a foreign fill, never booked silently. */
export async function bookingOf(state: StateStore, fill: Fill): Promise<Booking> {
  const [known, item] = await Promise.all([
    state.get('portfolio', fillKey(fill.fillId)),
    state.get<BookRecord>('portfolio', bookKey(fill.strategyId)),
  ]);
  if (item === null) throw new Error(`fill ${fill.fillId}: no book of strategy ${fill.strategyId}`);
  // By a release that booked a fill before it was written down what became of the order.
  if (known !== null) return { position: item.value, writes: [] };
  const outcome = bookFill(bookOf(item.value), fill);
  if (outcome.kind === 'impossible')
    throw new Error(`fill ${fill.fillId} does not fit its book: ${outcome.reason}`);
  const position = bookRecordOf(outcome.book);
  return {
    position,
    writes: [
      fillWrite(fill),
      bookWrite(position, item.version),
      ...(await exitsWrites(state, fill.strategyId, outcome.roundTrip)),
    ],
  };
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
