import type { Book } from '../portfolio/book.ts';
import { longHolding } from './account-books.ts';
import type { Holding } from './account-view.ts';

/** What a book holds, at what it cost. Spot books are long or flat. */
export function heldOf({ cost, quantity }: Pick<Book, 'cost' | 'quantity'>): Holding {
  return longHolding(cost, quantity);
}

/** The UTC day of an instant, `yyyy-mm-dd`. */
export function utcDayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
