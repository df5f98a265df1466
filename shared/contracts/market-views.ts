/** Prices, candles and instruments as REST shows them. */
import * as z from 'zod';
import { DEFAULT_EXCHANGE } from '../domain/market-data/exchanges.ts';
import { INSTRUMENT_ID, isInstrumentId, isPair, PAIR } from '../domain/market-data/instrument.ts';
import { MAX_TIME_MS } from '../domain/market-data/time-bound.ts';
import { bookView, quoteView } from './book-views.ts';
import { decimalText } from './decimal-text.ts';
import { candleView, instrumentId, interval, timeMs } from './events.ts';
import { knownListing } from './listing-records.ts';
import { pageLimit, pageOf, pageQuery, wholeNumber } from './page.ts';

const exchange = z.string().regex(/^[a-z][a-z0-9]{1,15}$/, {
  error: 'expected the name of an exchange in small letters, such as binance',
});

const pair = z
  .string()
  .normalize('NFC')
  .refine(isPair, { error: 'expected BASE-QUOTE in capitals, such as BTC-USDT' })
  .meta({ pattern: PAIR.source, examples: ['BTC-USDT'] });

export const pairPath = z.strictObject({ pair });

export const anExchange = exchange.default(DEFAULT_EXCHANGE);

export const priceQuery = z.strictObject({ exchange: anExchange });

export const candlesQuery = z
  .strictObject({
    exchange: anExchange,
    interval: interval.default('1m'),
    from: wholeNumber(0, MAX_TIME_MS, 0).meta({
      description: 'Opens at or after this time, in milliseconds since the epoch.',
    }),
    to: wholeNumber(0, MAX_TIME_MS, MAX_TIME_MS).meta({
      description: 'Opens before this time, in milliseconds since the epoch.',
    }),
    limit: pageLimit(500, 10_000),
    asOf: wholeNumber(0, MAX_TIME_MS, MAX_TIME_MS).meta({
      description:
        'Closed candles as they were known at this time, in milliseconds since the epoch: of the trades received by then.',
    }),
    fill: z.enum(['none', 'previous']).default('none').meta({
      description:
        'Intervals in which nothing was traded have no candle; `previous`: they have one without trades at the close before.',
    }),
  })
  .refine(({ from, to }) => from < to, { path: ['from'], error: 'expected a time before `to`' });

/** The close of the latest 1s candle. */
export const priceView = z.strictObject({
  instrumentId,
  price: decimalText,
  /** When that candle closed. */
  timeMs,
});
export type PriceView = z.infer<typeof priceView>;

/** The newest candles of the range, oldest first. Older ones: pass `next` as `to`. */
export const candlePage = z.strictObject({
  items: z.array(candleView),
  next: z.string().nullable().meta({ description: 'Older candles: pass it as `to`; null: no more.' }),
});

const bookRange = {
  exchange: anExchange,
  from: wholeNumber(0, MAX_TIME_MS, 0).meta({
    description: 'At or after this venue time, in milliseconds since the epoch.',
  }),
  to: wholeNumber(0, MAX_TIME_MS, MAX_TIME_MS).meta({
    description: 'Before this venue time, in milliseconds since the epoch.',
  }),
  after: pageQuery.after,
};
const BEGINS_BEFORE_IT_ENDS = { path: ['from'], error: 'expected a time before `to`' };

export const quotesQuery = z
  .strictObject({ ...bookRange, limit: pageLimit(500, 5000) })
  .refine(({ from, to }) => from < to, BEGINS_BEFORE_IT_ENDS);

export const booksQuery = z
  .strictObject({
    ...bookRange,
    levels: wholeNumber(1, 20, 20).meta({ description: 'How many of each side are shown.' }),
    limit: pageLimit(1, 500),
  })
  .refine(({ from, to }) => from < to, BEGINS_BEFORE_IT_ENDS);

export const quotePage = pageOf(quoteView);
export const bookPage = pageOf(bookView);

/** Its pages are in order of name, and the last name of one is the place where the next begins. */
export const instrumentsQuery = z.strictObject({
  ...pageQuery,
  after: pageQuery.after.meta({
    description: '`next` of the page before this one: an instrument.',
    pattern: INSTRUMENT_ID.source,
  }),
  of: z
    .enum(['candles', 'catalogue'])
    .default('candles')
    .meta({ description: 'Those that have candles, or those that the catalogue of an exchange lists.' }),
  exchange: anExchange.meta({ description: 'Whose catalogue.' }),
  asOf: wholeNumber(0, MAX_TIME_MS, MAX_TIME_MS).meta({
    description: 'The catalogue as it was known at this time, in milliseconds since the epoch.',
  }),
});
const instrumentView = z.strictObject({
  instrumentId,
  exchange: z.string(),
  pair: z.string(),
  listing: knownListing.omit({ instrumentId: true }).optional().meta({
    description: 'What the catalogue says of it, and since when; left out of those that have candles.',
  }),
});
export const instrumentPage = pageOf(instrumentView);

const MAX_CORRELATED = 60;
const LONGEST_ID = 60;

const instrumentList = z
  .string()
  .max(MAX_CORRELATED * LONGEST_ID)
  .normalize('NFC')
  .transform((text) => text.split(','))
  .refine((ids) => ids.length >= 2 && ids.length <= MAX_CORRELATED && new Set(ids).size === ids.length, {
    error: `expected 2 to ${MAX_CORRELATED} different instruments with commas between them`,
  })
  .refine((ids) => ids.every(isInstrumentId), {
    error: 'expected instruments such as binance:BTC-USDT with commas between them',
  })
  .meta({
    description: 'Instruments with commas between them.',
    examples: ['binance:BTC-USDT,binance:ETH-USDT'],
  });

const correlationsQuery = z.strictObject({
  instruments: instrumentList,
  interval: interval.default('1m'),
  window: wholeNumber(3, 1000, 60).meta({ description: 'How many returns, back from the newest candle.' }),
  to: wholeNumber(0, MAX_TIME_MS, MAX_TIME_MS).meta({
    description: 'Of candles that open before this time, in milliseconds since the epoch.',
  }),
});

export const correlationsView = z.strictObject({
  interval,
  /** The candles that were compared open at or after this time, and before `toMs`. */
  fromMs: timeMs,
  toMs: timeMs,
  instruments: z.array(instrumentId),
  coefficients: z.array(z.array(z.number().min(-1).max(1).nullable())).meta({
    description:
      'Row and column by row and column: Pearson’s coefficient of the log returns that both have. ' +
      'null: fewer than three, or one of the two did not move.',
  }),
  observations: z.array(z.array(z.int().min(0))).meta({ description: 'How many returns both have.' }),
});

/** Of the table in api.ts. */
export const correlationsRoute = {
  summary:
    'How instruments move together: the correlation of their returns over the newest candles, each with each.',
  query: correlationsQuery,
  status: 200,
  response: correlationsView,
  problems: [404],
} as const;
