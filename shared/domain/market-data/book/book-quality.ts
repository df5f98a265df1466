import { qualityOf, UNFLAGGED } from '../quality-flags.ts';
import type { BookState } from './book-keeper.ts';

/** What may be said against what a book in this state shows. */
const FLAG_OF_STATE: Readonly<Record<BookState, number>> = {
  // Nothing is told of a book before it is there: only one that was lost and begun anew shows anything.
  syncing: qualityOf('gap'),
  whole: UNFLAGGED,
  gap: qualityOf('gap'),
  'bad-checksum': qualityOf('checksum-failed'),
  crossed: qualityOf('crossed-book'),
  stale: qualityOf('stale-book'),
};

const CROSSED = qualityOf('crossed-book');
/** Prices with one of these need not be in their order. */
const IN_DOUBT = qualityOf('gap', 'crossed-book', 'stale-book', 'checksum-failed');

/** The flags of what a book shows. @param isCrossed a book that is not whole may be crossed beside that. */
export function qualityOfBook(state: BookState, isCrossed: boolean): number {
  return FLAG_OF_STATE[state] | (isCrossed ? CROSSED : UNFLAGGED);
}

/** Whether what it shows may be wrong or old. */
export function isDoubtfulBook(quality: number): boolean {
  return (quality & IN_DOUBT) !== 0;
}
