import { bookOf } from '../../../shared/contracts/ledger-records.ts';
import {
  bookKey,
  booksPartition,
  exposureKey,
  orderKey,
  reservationKey,
} from '../../../shared/contracts/record-keys.ts';
import type { BookRecord, OrderRecord, ReservationRecord } from '../../../shared/contracts/records.ts';
import {
  exposureRecord,
  marksOf,
  rowsOf,
  sharesOf,
  storedMarks,
  type ExposureRecord,
} from '../../../shared/contracts/risk-records.ts';
import { decimal } from '../../../shared/domain/decimal.ts';
import type { Signal } from '../../../shared/domain/orders/order.ts';
import type { Book } from '../../../shared/domain/portfolio/book.ts';
import { AccountBooks, longHolding, worthOf, type Share } from '../../../shared/domain/risk/account-books.ts';
import { equityMarks, type EquityMarks } from '../../../shared/domain/risk/account-figures.ts';
import type { AccountWide } from '../../../shared/domain/risk/account-view.ts';
import { ordersInMinute } from '../../../shared/domain/risk/memory.ts';
import { limitsReach, type RiskLimits } from '../../../shared/domain/risk/rules.ts';
import { heldOf } from '../../../shared/domain/risk/view-of-book.ts';
import type { Item, StateStore } from '../../../shared/ports/state-store.ts';
import { readIndex } from '../../../shared/runtime/all-pages.ts';
import { inParallel } from '../../../shared/runtime/in-parallel.ts';
import { latestPrices } from '../../../shared/runtime/latest-prices.ts';

/** What is known of the account as a whole, and what a commit of it depends on. */
export interface AccountReading {
  /** null: it cannot be read. */
  readonly view: AccountWide | null;
  /** To be written with the order; null: nobody asks for it, or it cannot be read and stays as it is. */
  readonly record: ExposureRecord | null;
  /** Of that record; null: there is none yet. */
  readonly version: number | null;
}

const NOT_ASKED: AccountReading = { view: null, record: null, version: null };
const READ_AT_ONCE = 16;

/**
 * The account as a whole, where a limit asks for it or once did: what is known once is kept up, so that a limit may be
 * lifted and set again. @param book of the instance, as it is decided upon
 */
export async function readAccount(
  state: StateStore,
  signal: Signal,
  book: Book,
  limits: RiskLimits | null,
  nowMs: number,
): Promise<AccountReading> {
  const { accountId, instrumentId } = signal;
  const isAsked = limits !== null && limitsReach(limits, 'account', 'account-equity');
  const item = await state.get('orders', exposureKey(accountId));
  if (item === null && !isAsked) return NOT_ASKED;
  const known = await knownExposure(state, accountId, item);
  if (known === null) return { ...NOT_ASKED, version: item?.version ?? null };
  const isValued = limits !== null && limitsReach(limits, 'account-equity');
  const worth = isValued ? await worthOfAccount(state, signal, book) : null;
  const marks = worth === null ? null : equityMarks(marksOf(known), worth, nowMs);
  const seen = new AccountBooks(sharesOf(known)).seenFrom(instrumentId);
  return {
    view: {
      ...seen,
      ordersInMinute: ordersInMinute(known.pace, nowMs),
      equity: worth === null || marks === null ? null : { now: worth, ...marks },
    },
    record: withMarks(known, marks),
    version: item?.version ?? null,
  };
}

/** @returns null: it is damaged. */
async function knownExposure(
  state: StateStore,
  accountId: string,
  item: Item | null,
): Promise<ExposureRecord | null> {
  if (item !== null) return exposureRecord.safeParse(item.value).data ?? null;
  return { shares: rowsOf(await sharesOfAccount(state, accountId)), pace: [] };
}

function withMarks(record: ExposureRecord, marks: EquityMarks | null): ExposureRecord {
  return marks === null ? record : { ...record, marks: storedMarks(marks) };
}

/** The first time: out of the books, which are listed by an index, and then read by their keys. */
async function sharesOfAccount(state: StateStore, accountId: string): Promise<readonly Share[]> {
  const listed = await readIndex<BookRecord>(state, 'portfolio', booksPartition(accountId));
  const shares = await inParallel(listed, READ_AT_ONCE, async ({ strategyId }) => shareOf(state, strategyId));
  return new AccountBooks(shares.flat()).shares();
}

async function shareOf(state: StateStore, strategyId: string): Promise<readonly Share[]> {
  const [book, reservation] = await Promise.all([
    state.get<BookRecord>('portfolio', bookKey(strategyId)),
    state.get<ReservationRecord>('orders', reservationKey(strategyId)),
  ]);
  if (book === null) return [];
  const order =
    reservation === null
      ? null
      : await state.get<OrderRecord>('orders', orderKey(reservation.value.clientOrderId));
  const held = heldOf(bookOf(book.value));
  // How much it buys is not known; the quantity of what is held stands in for it until the order ends.
  const reserved = longHolding(decimal(order?.value.quoteQuantity ?? '0'), 0n);
  return [{ strategyId, instrumentId: book.value.instrumentId, held, reserved }];
}

/** At the latest prices; of the signal's own instrument at its own. */
async function worthOfAccount(state: StateStore, signal: Signal, book: Book) {
  const records = await readIndex<BookRecord>(state, 'portfolio', booksPartition(signal.accountId));
  const books = records.map((record) => (record.strategyId === book.strategyId ? book : bookOf(record)));
  const held = books.flatMap(({ quantity, instrumentId }) =>
    quantity === 0n || instrumentId === signal.instrumentId ? [] : [instrumentId],
  );
  const prices = await latestPrices(state, held);
  return worthOf(books, (instrumentId) => {
    if (instrumentId === signal.instrumentId) return decimal(signal.referencePrice);
    const price = prices.get(instrumentId)?.price;
    return price === undefined ? null : decimal(price);
  });
}
