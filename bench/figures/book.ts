import { BookKeeper } from '../../shared/domain/market-data/book/book-keeper.ts';
import { figureOf, type Bench, type Figure } from '../figure.ts';
import { beside, nanosecondsAnItem } from '../measuring/beside.ts';
import { PlainSide } from '../references/plain-book.ts';
import { syntheticDepth, type SyntheticDepth } from '../synthetic-depth.ts';

const MESSAGES = 10_000;
const RUNS = 7;

/** Nanoseconds a changed level of the exact book with its numbers followed, beside columns of floats. */
export async function book(bench: Bench): Promise<readonly Figure[]> {
  const depth = syntheticDepth(MESSAGES);
  const levels = depth.deltas.reduce((sum, { bids, asks }) => sum + bids.length + asks.length, 0);
  const ends = { exact: '', plain: '' };
  const { runs, referenceRuns } = await beside(
    bench.runs ?? RUNS,
    () => nanosecondsAnItem(levels, () => (ends.exact = keepExactly(depth))),
    () => nanosecondsAnItem(levels, () => (ends.plain = keepPlainly(depth))),
  );
  if (ends.exact !== ends.plain)
    throw new Error(`book: the book came to ${ends.exact}, the plain loop to ${ends.plain}`);
  return [
    figureOf({
      figure: 'book',
      unit: 'ns/level',
      runs,
      reference: 'a binary search in columns of floats, which keep no digits and follow no numbers',
      referenceRuns,
      note: 'prices exact, sides sorted, crossing tested after every message',
      details: { messages: MESSAGES, levels, end: ends.exact },
    }),
  ];
}

/** @returns what it comes to, and that it was never crossed. */
function keepExactly({ snapshot, deltas }: SyntheticDepth): string {
  const keeper = new BookKeeper({ snapshot: 'asked', checksum: null });
  keeper.snapshot(snapshot);
  let whole = 0;
  for (const delta of deltas) {
    keeper.delta(delta);
    if (keeper.state === 'whole') whole++;
  }
  const { bids, asks } = keeper.book;
  const [bid, ask] = [Number(bids.best!.price), Number(asks.best!.price)];
  return `${whole} whole, ${bids.levels.length} bids to ${bid}, ${asks.levels.length} asks from ${ask}`;
}

function keepPlainly({ snapshot, deltas }: SyntheticDepth): string {
  const [bids, asks] = [new PlainSide('bids'), new PlainSide('asks')];
  let whole = 0;
  for (const delta of [snapshot, ...deltas]) {
    bids.apply(delta.bids);
    asks.apply(delta.asks);
    if (delta !== snapshot && bids.bestPrice < asks.bestPrice) whole++;
  }
  return `${whole} whole, ${bids.length} bids to ${bids.bestPrice}, ${asks.length} asks from ${asks.bestPrice}`;
}
