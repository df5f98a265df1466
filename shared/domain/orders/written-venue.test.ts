import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anOrder } from '../../../test/support/order.ts';
import { decimal } from '../decimal.ts';
import { askedOf } from './order-progress.ts';
import { matchQuote, matchTrade, openPaperVenue, passTime, type PaperVenue } from './paper-venue.ts';
import { takeCommand } from './venue-commands.ts';
import type { VenueCommand } from './written-command.ts';
import type { WrittenReport } from './written-report.ts';
import { readVenue, writeVenue } from './written-venue.ts';
import { plainAccount } from '../accounts/account.ts';
import { writePaperModel } from '../accounts/written-paper-model.ts';
import type { Order } from './order.ts';

const INSTRUMENT = 'binance:BTC-USDT';
const { paper } = plainAccount('thin');
const inParts = writePaperModel({
  ...paper,
  fill: { ...paper.fill, volumeCap: decimal('0.5'), queue: { kind: 'risk-averse' } },
});

type Asked = (venue: PaperVenue, told: WrittenReport[]) => void;
const taking =
  (command: VenueCommand): Asked =>
  (venue, told) =>
    takeCommand(venue, command, told);

const price = fc.integer({ min: 98, max: 102 }).map(String);
const few = fc.integer({ min: 1, max: 4 }).map(String);
const numbered = fc.integer({ min: 1, max: 6 });

function orderOf(n: number, fields: Partial<Order>): Order {
  return { ...askedOf(anOrder(n)), effectiveTimeMs: 0, expiresAtMs: 1_000_000, ...fields };
}

const orders = fc.record({ n: numbered, price, isThin: fc.boolean() });
const step = fc.oneof(
  orders.map(({ n, isThin }) =>
    taking({ kind: 'submit', orders: [orderOf(n, isThin ? { paper: inParts } : {})] }),
  ),
  orders.map(({ n, price: limit, isThin }) =>
    taking({
      kind: 'submit',
      orders: [
        orderOf(n, {
          type: 'LIMIT',
          quantity: '3',
          quoteQuantity: null,
          price: limit,
          ...(isThin ? { paper: inParts } : {}),
        }),
      ],
    }),
  ),
  orders.map(({ n, price: stopPrice }) => {
    const entry = orderOf(n, { type: 'MARKET', quantity: '2', quoteQuantity: null, paper: inParts });
    const held = {
      siblings: { groupId: entry.clientOrderId, rule: 'reduce' },
      parentId: entry.clientOrderId,
      isHeld: true,
    } as const;
    const sale = { side: 'SELL', quantity: '2', quoteQuantity: null, paper: inParts } as const;
    return taking({
      kind: 'submit',
      orders: [
        entry,
        { ...orderOf(n + 10, { ...sale, type: 'STOP', stopPrice }), ...held },
        { ...orderOf(n + 20, { ...sale, type: 'LIMIT', price: '102' }), ...held },
      ],
    });
  }),
  numbered.map((n) => taking({ kind: 'cancel', order: orderOf(n, {}) })),
  fc
    .record({ n: numbered, price })
    .map(({ n, price: to }) => taking({ kind: 'replace', order: orderOf(n, {}), change: { price: to } })),
  numbered.map((n) => taking({ kind: 'withdraw', order: orderOf(n, {}), reason: 'no more' })),
  fc.record({ shown: few }),
  fc.constant<'time'>('time'),
  fc.record({ price, quantity: few, isBuy: fc.boolean() }),
);

/** At a time of its own, later than all before. */
function play(venue: PaperVenue, one: Step, at: number): WrittenReport[] {
  const told: WrittenReport[] = [];
  const timeMs = at * 10;
  if (typeof one === 'function') one(venue, told);
  else if (one === 'time') passTime(venue, timeMs, told);
  else if ('shown' in one) {
    const level = (text: string) => ({ price: decimal(text), quantity: decimal(one.shown) });
    matchQuote(
      venue,
      { instrumentId: INSTRUMENT, timeMs, bid: level('99'), ask: level('101'), quality: 0 },
      told,
    );
  } else {
    const { price: at_, quantity, isBuy } = one;
    const takerSide = isBuy ? 'BUY' : 'SELL';
    const trade = { instrumentId: INSTRUMENT, tradeId: at, timeMs, takerSide } as const;
    matchTrade(venue, { ...trade, price: decimal(at_), quantity: decimal(quantity) }, told);
  }
  return told;
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe('a paper venue that is stored after every step', () => {
  it('tells what one tells that never is', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const kept = openPaperVenue();
        let stored = openPaperVenue();
        for (const [n, one] of steps.entries()) {
          const told = play(kept, one, n + 1);
          expect(play(stored, one, n + 1)).toEqual(told);
          for (const { kind } of told) kinds.add(kind);
          stored = readVenue(JSON.parse(JSON.stringify(writeVenue(stored))) as ReturnType<typeof writeVenue>);
        }
        expect(writeVenue(stored)).toEqual(writeVenue(kept));
      }),
      { numRuns: 300 },
    );
    // Else it would not have been tried.
    for (const kind of ['accepted', 'filled', 'canceled', 'triggered', 'replaced'])
      expect(kinds).toContain(kind);
  });
});
