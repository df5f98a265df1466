/** Bars by what was traded, as REST and the command line show them. */
import * as z from 'zod';
import { BAR_RULE, formatBarRule, parseBarRule, type BarRule } from '../domain/candles/bar-rule.ts';
import type { Bar } from '../domain/candles/bars.ts';
import { formatDecimal } from '../domain/decimal.ts';
import { MAX_TIME_MS } from '../domain/market-data/time-bound.ts';
import { flagsIn } from '../domain/market-data/quality-flags.ts';
import { candleView, timeMs } from './events.ts';
import { anExchange, pairPath } from './market-views.ts';
import { pageLimit, pageQuery, wholeNumber } from './page.ts';

const barRuleText = z
  .string()
  .refine((text) => parseBarRule(text) !== null, {
    error: 'expected tick:N, volume:N or dollar:N, such as tick:100 or volume:2.5, with N above zero',
  })
  .meta({
    description:
      'When a bar ends: with so many trades (`tick:100`), base units (`volume:2.5`) or quote units (`dollar:1000000`).',
    pattern: BAR_RULE.source,
    examples: ['volume:2.5'],
  });

const barNumber = z.string().regex(/^\d{1,40}$/);

/** A bar; the amounts are those of candles. */
const barView = candleView.omit({ interval: true, openTimeMs: true, closed: true, complete: true }).extend({
  bars: barRuleText,
  dayMs: timeMs.meta({ description: 'The UTC day that it is of; each day begins anew.' }),
  number: barNumber.meta({
    description:
      'Of its day, from 0: ⌊what was traded before it ÷ size⌋. A trade that is larger than a bar leaves some out.',
  }),
  firstTimeMs: timeMs,
  lastTimeMs: timeMs,
  closed: z.boolean().meta({ description: 'What its rule asks for was traded, or its day is over.' }),
  complete: z.boolean().meta({
    description:
      'Closed, and by their ids no trade is missing in it or before it in its day. false where nobody looked since the day before.',
  }),
});
type BarView = z.infer<typeof barView>;

export function barViewOf(bar: Bar, rule: BarRule): BarView {
  const { instrumentId, dayMs, firstTimeMs, lastTimeMs, tradeCount, closed, complete } = bar;
  return {
    instrumentId,
    bars: formatBarRule(rule),
    dayMs,
    number: String(bar.number),
    firstTimeMs,
    lastTimeMs,
    open: formatDecimal(bar.open),
    high: formatDecimal(bar.high),
    low: formatDecimal(bar.low),
    close: formatDecimal(bar.close),
    volume: formatDecimal(bar.volume),
    quoteVolume: formatDecimal(bar.quoteVolume),
    takerBuyVolume: formatDecimal(bar.takerBuyVolume),
    tradeCount,
    firstTradeId: String(bar.firstTradeId),
    lastTradeId: String(bar.lastTradeId),
    closed,
    complete,
    ...flagsIn(bar.quality),
  };
}

/** Where a page begins: the day and the number of its first bar. */
export const BAR_CURSOR = /^(\d{1,15})-(\d{1,40})$/;

const barsQuery = z
  .strictObject({
    exchange: anExchange,
    bars: barRuleText,
    from: wholeNumber(0, MAX_TIME_MS, 0).meta({
      description: 'Its first trade was made at or after this time, in milliseconds since the epoch.',
    }),
    to: wholeNumber(0, MAX_TIME_MS, MAX_TIME_MS).meta({
      description: 'Its first trade was made before this time, in milliseconds since the epoch.',
    }),
    limit: pageLimit(500, 5000),
    after: pageQuery.after.meta({
      description: '`next` of the page before this one.',
      pattern: BAR_CURSOR.source,
    }),
  })
  .refine(({ from, to }) => from < to, { path: ['from'], error: 'expected a time before `to`' });

/** The newest bars of the range, oldest first. */
export const barPage = z.strictObject({
  items: z.array(barView),
  next: z.string().nullable().meta({
    description: 'Older bars: pass it as `after`; null: no more. A page may hold fewer than asked for.',
  }),
});

/** Of the table in api.ts. */
export const barsRoute = {
  summary:
    'The newest bars of a range, oldest first, made of the stored trades as they are now; the one under way comes last ' +
    'with `closed: false`.',
  path: pairPath,
  query: barsQuery,
  status: 200,
  response: barPage,
  problems: [404, 422],
} as const;

/** Its example: a bar of a million dollars. */
export const barExample = {
  response: {
    items: [
      {
        instrumentId: 'binance:BTC-USDT',
        bars: 'dollar:1000000',
        dayMs: 1723161600000,
        number: '17',
        firstTimeMs: 1723163460017,
        lastTimeMs: 1723163502961,
        open: '61837.63',
        high: '61840',
        low: '61801.12',
        close: '61812.4',
        volume: '16.18403',
        quoteVolume: '1000702.118843',
        takerBuyVolume: '5.90211',
        tradeCount: 1403,
        firstTradeId: '3734520117',
        lastTradeId: '3734521519',
        closed: true,
        complete: true,
      },
    ],
    next: '1723161600000-17',
  },
};
