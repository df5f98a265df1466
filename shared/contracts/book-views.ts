/** Best prices and levels of books, as REST, the WebSocket and the bus show them. */
import * as z from 'zod';
import { formatDecimal, type Decimal } from '../domain/decimal.ts';
import {
  microstructureOf,
  type BestLevel,
  type DepthWithin,
} from '../domain/market-data/book/microstructure.ts';
import { flagsOf, QUALITY_FLAGS } from '../domain/market-data/quality-flags.ts';
import { amountText, decimalText, positiveDecimalText } from './decimal-text.ts';
import { instrumentId, timeMs } from './instrument-fields.ts';

/** What a quote and levels have in common. */
const moment = {
  instrumentId,
  timeMs: timeMs.meta({ description: 'The venue’s time of the change after which the book stood so.' }),
  flags: z.array(z.enum(QUALITY_FLAGS)).meta({
    description: 'What is said against it. None: the book is the venue’s, whole and in order.',
  }),
  spread: decimalText.nullable().meta({
    description: 'Ask − bid, not above zero where the book is crossed; null: a side is empty.',
  }),
  mid: decimalText.nullable().meta({ description: '(bid + ask) / 2, rounded down.' }),
  microprice: decimalText.nullable().meta({
    description:
      '(bid × askQuantity + ask × bidQuantity) / (bidQuantity + askQuantity), rounded down: ' +
      'the weighted mid-price of Stoikov (2018).',
  }),
  imbalance: z.number().min(-1).max(1).nullable().meta({
    description:
      '(bidQuantity − askQuantity) / (bidQuantity + askQuantity): the queue imbalance of Gould and Bonart (2016).',
  }),
};

/** The best prices of a book. */
export const quoteView = z.object({
  ...moment,
  bid: positiveDecimalText.nullable().meta({ description: 'null: nobody offers to buy.' }),
  bidQuantity: amountText.nullable(),
  ask: positiveDecimalText.nullable().meta({ description: 'null: nobody offers to sell.' }),
  askQuantity: amountText.nullable(),
});
export type QuoteView = z.infer<typeof quoteView>;

/** Price and quantity. A list of two, since few who read a description know tuples. */
const level = z.array(amountText).length(2).meta({ description: 'Price and quantity.' });
const levels = z.array(level).max(20);

/** The best levels of a book. */
export const bookView = z.object({
  ...moment,
  bids: levels.meta({ description: '[price, quantity] of the best twenty, the best first.' }),
  asks: levels,
  depth: z
    .array(
      z.object({
        bps: z.int().min(1),
        bidQuantity: amountText.nullable(),
        askQuantity: amountText.nullable(),
      }),
    )
    .meta({
      description:
        'How much the whole book offers at prices no further than bps / 10,000 of the mid-price from it; ' +
        'null: it is not known so far out. Empty where the book is in doubt.',
    }),
});
export type BookView = z.infer<typeof bookView>;

interface ShownMoment {
  readonly instrumentId: string;
  readonly timeMs: number;
  readonly quality: number;
}
interface ShownQuote extends ShownMoment {
  readonly bid: BestLevel | null;
  readonly ask: BestLevel | null;
}
interface ShownLevels extends ShownMoment {
  readonly bids: readonly BestLevel[];
  readonly asks: readonly BestLevel[];
  readonly depths: readonly DepthWithin[];
}

export function quoteViewOf(quote: ShownQuote): QuoteView {
  const { bid, ask } = quote;
  return {
    ...momentOf(quote, bid, ask),
    bid: textOf(bid?.price),
    bidQuantity: textOf(bid?.quantity),
    ask: textOf(ask?.price),
    askQuantity: textOf(ask?.quantity),
  };
}

/** @param count of levels of each side that are shown. */
export function bookViewOf(told: ShownLevels, count = 20): BookView {
  const { bids, asks, depths } = told;
  const shown = (side: readonly BestLevel[]) =>
    side.slice(0, count).map(({ price, quantity }): [string, string] => {
      return [formatDecimal(price), formatDecimal(quantity)];
    });
  return {
    ...momentOf(told, bids[0] ?? null, asks[0] ?? null),
    bids: shown(bids),
    asks: shown(asks),
    depth: depths.map(({ bps, bidQuantity, askQuantity }) => {
      return { bps, bidQuantity: textOf(bidQuantity), askQuantity: textOf(askQuantity) };
    }),
  };
}

function momentOf(told: ShownMoment, bid: BestLevel | null, ask: BestLevel | null) {
  const said = microstructureOf(bid, ask);
  return {
    instrumentId: told.instrumentId,
    timeMs: told.timeMs,
    flags: [...flagsOf(told.quality)],
    spread: textOf(said?.spread),
    mid: textOf(said?.mid),
    microprice: textOf(said?.microprice),
    imbalance: said?.imbalance ?? null,
  };
}

function textOf(value: Decimal | null | undefined): string | null {
  return value === null || value === undefined ? null : formatDecimal(value);
}
