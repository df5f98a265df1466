import { describe, expect, it } from '@jest/globals';
import {
  aCandle,
  aLimit,
  aMarket,
  aPaperModel,
  aStop,
  aTrade,
  aTrailingStop,
  BY_VOLUME,
  working,
} from '../../../test/support/market-steps.ts';
import { told } from '../../../test/support/shown-steps.ts';
import type { PaperModel } from '../accounts/paper-model.ts';
import { decimal } from '../decimal.ts';
import { alone, bracket, oneCancelsOther, type Command } from './command.ts';
import type { MarketStep } from './market-step.ts';
import { matchAll } from './match-all.ts';
import type { OrderReport } from './report.ts';
import type { OrderTerms } from './terms.ts';
import type { VenueOrders } from './orders-under-way.ts';
import { MAX_WORKING_ORDERS, obey } from './venue-orders.ts';

const plain = aPaperModel();

/** Commands and steps in turn; reports by order: `id: what is told`. */
function play(
  events: readonly (Command | MarketStep)[],
  { paper = plain, position = '0' }: { paper?: PaperModel; position?: string } = {},
): { told: string[]; orders: VenueOrders; reports: OrderReport[] } {
  let orders: VenueOrders = [];
  const reports: OrderReport[] = [];
  let timeMs = 0;
  let held = decimal(position);
  for (const event of events) {
    const settled = isStep(event)
      ? matchAll(orders, event, { paperOf: () => paper, positionOf: () => held })
      : obey(orders, event, timeMs, () => paper);
    if (isStep(event)) timeMs = event.kind === 'candle' ? event.closeTimeMs : event.timeMs;
    orders = settled.orders;
    for (const report of settled.reports)
      if (report.kind === 'filled') held += report.side === 'BUY' ? report.quantity : -report.quantity;
    reports.push(...settled.reports);
  }
  const lines = told(reports);
  return { told: reports.map(({ clientOrderId }, n) => `${clientOrderId}: ${lines[n]}`), orders, reports };
}

function isStep(event: Command | MarketStep): event is MarketStep {
  return ['trade', 'quote', 'candle', 'watermark'].includes(event.kind);
}

const submit = (id: string, terms: OrderTerms): Command => ({
  kind: 'submit',
  orders: [alone(working(terms, 0, id))],
});
const sell = (price: string, quantity = '1'): OrderTerms => aLimit(price, { side: 'SELL', quantity });

/** Long at the market, out at 95 or at 110. */
const longBracket = (quantity = '1', entry: OrderTerms = aMarket({ quantity })): Command =>
  bracket(working(entry, 0, 'entry'), [working(sell('110'), 0, 'target'), working(aStop('95'), 0, 'stop')]);

describe('orders of ours that meet the same', () => {
  it('share what was traded: the better price first, then who came first', () => {
    const orders = [
      submit('late', aLimit('100')),
      submit('later', aLimit('100')),
      submit('better', aLimit('100.5')),
    ];
    const events = [...orders, aTrade(1, 101), aTrade(2, 99, { quantity: '1.5' })];
    expect(play(events, { paper: aPaperModel(BY_VOLUME) }).told.slice(3)).toEqual([
      'better: filled 1 at 100.5 (maker)',
      'late: filled 0.5 at 100 (maker)',
    ]);
  });

  it('share it by account, and never meet each other', () => {
    const theirs = { ...working(aLimit('100'), 0, 'theirs'), accountId: 'other' };
    const events: (Command | MarketStep)[] = [
      submit('ours', aLimit('100')),
      { kind: 'submit', orders: [alone(theirs)] },
      submit('sale', sell('100')),
      aTrade(1, 101),
    ];
    // The sale takes the print; the purchases rest although the sale asks for less than they bid.
    expect(play(events).told).toEqual([
      'ours: accepted',
      'theirs: accepted',
      'sale: filled 1 at 101 (taker)',
    ]);
    const traded = play([...events, aTrade(2, 100)], { paper: aPaperModel(BY_VOLUME) }).told.slice(3);
    expect(traded).toEqual(['ours: filled 1 at 100 (maker)', 'theirs: filled 1 at 100 (maker)']);
  });

  it('share what a quote shows by its side', () => {
    const paper = aPaperModel({ takes: 'quote', ...BY_VOLUME });
    const quote: MarketStep = {
      ...{ kind: 'quote', timeMs: 1, quality: 0, bidPrice: decimal('99'), askPrice: decimal('101') },
      ...{ bidQuantity: decimal('1.5'), askQuantity: decimal('1') },
    };
    const sale = aMarket({ side: 'SELL' });
    const events = [
      submit('a', aMarket()),
      submit('b', aMarket()),
      submit('c', sale),
      submit('d', sale),
      quote,
    ];
    expect(play(events, { paper }).told).toEqual([
      'a: filled 1 at 101 (taker)',
      'c: filled 1 at 99 (taker)',
      'd: filled 0.5 at 99 (taker)',
    ]);
  });

  it('reduce one position together, and no further', () => {
    const reduce = (price: string): OrderTerms =>
      aLimit(price, { side: 'SELL', reduceOnly: true, quantity: '2' });
    const events = [submit('a', reduce('100')), submit('b', reduce('101')), aTrade(1, 99), aTrade(2, 103)];
    expect(play(events, { position: '3' }).told.slice(2)).toEqual([
      'a: filled 2 at 100 (maker)',
      'b: filled 1 at 101 (maker)',
      'b: canceled: there is no position left to reduce',
    ]);
    expect(play([submit('a', aMarket({ reduceOnly: true })), aTrade(1, 99)], { position: '3' }).told).toEqual(
      ['a: canceled: there is no position to reduce'],
    );
    const cover = aMarket({ reduceOnly: true, quantity: '5' });
    expect(play([submit('a', cover), aTrade(1, 99)], { position: '-3' }).told[0]).toBe(
      'a: filled 3 at 99 (taker)',
    );
  });
});

describe('siblings', () => {
  const either = oneCancelsOther('group', [
    working(sell('110'), 0, 'target'),
    working(aStop('95'), 0, 'stop'),
  ]);

  it('end at the first fill of one of them, however small', () => {
    const events = [either, aTrade(1, 100), aTrade(2, 111, { quantity: '0.1' }), aTrade(3, 90)];
    const run = play(events, { paper: aPaperModel(BY_VOLUME) });
    expect(run.told.slice(2)).toEqual([
      'target: filled 0.1 at 110 (maker)',
      'stop: canceled: its sibling has filled',
    ]);
    expect(run.orders).toHaveLength(1);
  });

  it('are taken to have met the stop first within a candle that reaches both', () => {
    const events = [either, aCandle(0, [100, 112, 94, 111])];
    expect(play(events).told.slice(2)).toEqual([
      'stop: triggered at 95',
      'stop: filled 1 at 95 (taker)',
      'target: canceled: its sibling has filled',
    ]);
  });

  it('met the target where the market opened beyond it', () => {
    const opened = [either, aTrade(1, 100), aCandle(60_000, [111, 112, 94, 100])];
    expect(play(opened).told.slice(2)).toEqual([
      'target: filled 1 at 110 (maker)',
      'stop: canceled: its sibling has filled',
    ]);
  });

  it('go by shorter candles where they tell which came first', () => {
    const shorter = [
      aCandle(0, [100, 112, 99, 105], { closeTimeMs: 30_000 }),
      aCandle(30_000, [105, 106, 94, 95], { closeTimeMs: 60_000 }),
    ];
    expect(play([either, aCandle(0, [100, 112, 94, 95], { shorter })]).told.slice(2)).toEqual([
      'target: filled 1 at 110 (maker)',
      'stop: canceled: its sibling has filled',
    ]);
  });

  it('are canceled together, and end together where one of them ends', () => {
    expect(play([either, { kind: 'cancel', clientOrderId: 'stop' }]).told).toEqual([
      'stop: canceled: it was asked for',
      'target: canceled: its sibling has ended',
    ]);
    const good = aLimit('110', { side: 'SELL', timeInForce: 'GTD', goodTillMs: 500 });
    const expiring = oneCancelsOther('group', [working(good, 0, 'target'), working(aStop('95'), 0, 'stop')]);
    expect(play([expiring, { kind: 'watermark', timeMs: 500 }]).told).toEqual([
      'stop: accepted',
      'target: expired: its time in force is over',
      'stop: canceled: its sibling has ended',
    ]);
  });
});

describe('a bracket', () => {
  it('holds its exits until its entry fills', () => {
    const before = play([longBracket(), aTrade(0, 90)]);
    expect(before.told).toEqual(['entry: filled 1 at 90 (taker)']);
    expect(play([longBracket(), { kind: 'watermark', timeMs: 1 }]).told).toEqual(['entry: accepted']);
  });

  it('is out by one of its exits alone, though one candle reaches both', () => {
    const run = play([longBracket(), aCandle(0, [100, 112, 94, 111])]);
    expect(run.told).toEqual([
      'entry: filled 1 at 100 (taker)',
      'stop: accepted',
      'stop: triggered at 95',
      'stop: filled 1 at 95 (taker)',
      'target: canceled: its sibling has filled',
    ]);
    expect(run.orders).toEqual([]);
  });

  it('has exits of what its entry has filled, and reduces the others by what one fills', () => {
    const events = [
      longBracket('3'),
      aTrade(1, 100, { quantity: '1' }),
      aTrade(2, 101, { quantity: '0.5' }),
      aTrade(3, 110, { quantity: '0.25' }),
    ];
    const run = play(events, { paper: aPaperModel(BY_VOLUME) });
    const quantityOf = (id: string): bigint | null =>
      run.orders.find(({ order }) => order.clientOrderId === id)!.order.terms.quantity;
    // The entry has filled 1, 0.5 and (a taker still) 0.25; what each sold at the target, the stop sells no more.
    const filled = (id: string): bigint =>
      run.reports.reduce(
        (sum, r) => sum + (r.kind === 'filled' && r.clientOrderId === id ? r.quantity : 0n),
        0n,
      );
    expect(quantityOf('stop')).toBe(filled('entry') - filled('target'));
    expect(quantityOf('target')).toBe(filled('entry'));
  });

  it('enters no more once it is out', () => {
    const events = [longBracket('3'), aTrade(1, 100, { quantity: '1' }), aTrade(2, 94, { quantity: '2' })];
    const run = play(events, { paper: aPaperModel(BY_VOLUME) });
    expect(run.told.slice(0, 2)).toEqual(['entry: filled 1 at 100 (taker)', 'stop: accepted']);
    expect(run.told).toContain('entry: canceled: its exit has filled');
    expect(run.orders).toEqual([]);
  });

  it('has no exits where its entry ends unfilled, and keeps them where it has filled a part', () => {
    const entry = aLimit('90', { timeInForce: 'IOC' });
    expect(play([longBracket('1', entry), aTrade(1, 100)]).told).toEqual([
      'entry: canceled: nothing could be filled at once',
      'target: canceled: its entry has ended',
      'stop: canceled: its entry has ended',
    ]);
    const part = aMarket({ timeInForce: 'IOC', quantity: '2' });
    const run = play([longBracket('2', part), aTrade(1, 100)], { paper: aPaperModel(BY_VOLUME) });
    expect(run.orders.map(({ order }) => [order.clientOrderId, order.terms.quantity])).toEqual([
      ['target', decimal('1')],
      ['stop', decimal('1')],
    ]);
  });

  it('within the candle that filled its entry on the way: the stop meets all of it, the target only the close', () => {
    const entered = (high: number, low: number, close: number): string[] =>
      play([longBracket('1', aLimit('98')), aCandle(0, [100, high, low, close])]).told.slice(2);
    expect(entered(111, 97, 100)).toEqual(['target: accepted', 'stop: accepted']);
    expect(entered(112, 97, 111)).toEqual([
      'target: accepted',
      'target: filled 1 at 110 (maker)',
      'stop: canceled: its sibling has filled',
    ]);
    expect(entered(100, 94, 99)).toContain('stop: filled 1 at 95 (taker)');
  });
});

describe('commands', () => {
  it('take an order once, and none that is wrong, asked to be refused or past the bound', () => {
    expect(play([submit('a', aLimit('90')), submit('a', aLimit('95'))]).orders).toMatchObject([
      { order: { terms: { price: decimal('90') } } },
    ]);
    expect(play([submit('a', aLimit('0'))]).told).toEqual(['a: rejected: the price is not above zero']);
    expect(play([submit('a', aLimit('90'))], { paper: aPaperModel({ rejects: 1 }) }).told).toEqual([
      'a: rejected: the venue was asked to refuse it',
    ]);
    const many = Array.from({ length: MAX_WORKING_ORDERS }, (_, n) =>
      alone(working(aLimit('90'), 0, `n${n}`)),
    );
    const run = play([{ kind: 'submit', orders: many }, submit('a', aLimit('90'))]);
    expect(run.told).toEqual([`a: rejected: over ${MAX_WORKING_ORDERS} working orders`]);
  });

  it('take all orders that belong together or none', () => {
    const wrong = bracket(working(aMarket(), 0, 'entry'), [working(aStop('0'), 0, 'stop')]);
    expect(play([wrong])).toMatchObject({
      orders: [],
      told: [
        'entry: rejected: the stop price is not above zero',
        'stop: rejected: the stop price is not above zero',
      ],
    });
  });

  it('cancel what works, and say so where nothing does', () => {
    const cancel: Command = { kind: 'cancel', clientOrderId: 'a' };
    const run = play([submit('a', aLimit('90')), aTrade(1, 100), cancel, cancel]);
    expect(run.told).toEqual([
      'a: accepted',
      'a: canceled: it was asked for',
      'a: cancel-rejected: no such order works',
    ]);
    expect(run.reports.map(({ number }) => number)).toEqual([1, 2, 0]);
  });

  it('withdraw an order whether it ever came or not', () => {
    const withdraw: Command = { kind: 'withdraw', order: working(aLimit('90'), 0, 'a'), reason: 'too late' };
    expect(play([withdraw]).told).toEqual(['a: expired: withdrawn: too late']);
    const known = play([submit('a', aLimit('90')), aTrade(1, 100), withdraw]);
    expect(known.told.at(-1)).toBe('a: expired: withdrawn: too late');
    expect(known.reports.at(-1)!.number).toBe(2);
  });

  it('replace an order, which loses its place where its price changes or it grows', () => {
    const first = (change: object): string | undefined =>
      play(
        [
          submit('a', aLimit('100')),
          submit('b', aLimit('100')),
          aTrade(1, 101),
          { kind: 'replace', clientOrderId: 'a', change },
          aTrade(2, 99, { quantity: '0.1' }),
        ],
        { paper: aPaperModel(BY_VOLUME) },
      ).told.at(-1);
    expect(first({ quantity: decimal('0.5') })).toBe('a: filled 0.1 at 100 (maker)');
    expect(first({ quantity: decimal('1.5') })).toBe('b: filled 0.1 at 100 (maker)');
    expect(first({ price: decimal('100') })).toBe('a: filled 0.1 at 100 (maker)');
    expect(first({ price: decimal('99.5') })).toBe('b: filled 0.1 at 100 (maker)');
  });

  it('replace a price by one that takes', () => {
    const replaced: Command = { kind: 'replace', clientOrderId: 'a', change: { price: decimal('102') } };
    const run = play([submit('a', aLimit('100')), aTrade(1, 101), replaced, aTrade(2, 101)]);
    expect(run.told).toEqual(['a: accepted', 'a: replaced', 'a: filled 1 at 101 (taker)']);
    expect(run.reports[1]).toMatchObject({ number: 2, terms: { price: decimal('102') } });
  });

  it('refuse what cannot be replaced', () => {
    const refusal = (terms: OrderTerms, change: object, ...before: MarketStep[]): string | undefined =>
      play([submit('a', terms), ...before, { kind: 'replace', clientOrderId: 'a', change }], {
        paper: aPaperModel(BY_VOLUME),
      }).told.at(-1);
    expect(refusal(aLimit('100'), { stopPrice: 1n })).toBe(
      'a: replace-rejected: a LIMIT order has no stopPrice',
    );
    expect(refusal(aMarket(), { price: 1n })).toBe('a: replace-rejected: a MARKET order has no price');
    expect(refusal(aLimit('100'), { price: 0n })).toBe('a: replace-rejected: the price is not above zero');
    const part = aTrade(1, 99, { quantity: '0.5' });
    expect(refusal(aLimit('100'), { quantity: decimal('0.5') }, part)).toBe(
      'a: replace-rejected: as much is filled already',
    );
    expect(refusal(aStop('100', { quantity: '5' }), { stopPrice: decimal('90') }, aTrade(1, 99))).toBe(
      'a: replace-rejected: it has gone off already',
    );
    const trail = { by: 'amount', value: 0n } as const;
    expect(refusal(aTrailingStop('amount', '5'), { trail })).toContain('the distance of a trailing stop');
    expect(play([{ kind: 'replace', clientOrderId: 'x', change: {} }]).told).toEqual([
      'x: replace-rejected: no such order works',
    ]);
  });
});
