/**
 * The matching core: one order in one step of its market. The same for a backtest over candles, for the tape and for quotes; pure,
 * without a clock, and drawn by seed where it draws. How each kind of order fills is defined in docs/adr/0033.
 */
import type { PaperModel } from '../accounts/paper-model.ts';
import type { Decimal } from '../decimal.ts';
import { beginOf, type CandleStep, type MarketStep, type QuoteStep, type TradeStep } from './market-step.ts';
import { Meeting, type Matched, type Offer, type Room } from './meeting.ts';
import { reach, restThroughQuote, restThroughRange, restThroughTrade } from './resting.ts';
import { follow, isAtStop, stopPriceOf, trigger, triggerAt } from './trigger.ts';
import { limitPriceOf, type WorkingOrder } from './working-order.ts';

/** What the model allows of the step, and no position: a reduce-only order finds nothing to reduce. */
export const ALL_OF_IT: Room = { volume: null, reducible: 0n };

/** @param room what is left where other orders of ours meet the same step. */
export function match(
  order: WorkingOrder,
  step: MarketStep,
  paper: PaperModel,
  room: Room = ALL_OF_IT,
): Matched {
  const meeting = new Meeting(order, paper, room);
  meet(meeting, step);
  return meeting.result();
}

function meet(meeting: Meeting, step: MarketStep): void {
  const { effectiveTimeMs, endsAtMs } = meeting.order;
  const beginsAtMs = beginOf(step);
  if (endsAtMs !== null && beginsAtMs >= endsAtMs) {
    meeting.end('expired', 'its time in force is over', endsAtMs);
  } else if (step.kind === 'candle') {
    if (step.shorter !== undefined) meetShorter(meeting, step.shorter);
    else if (beginsAtMs >= effectiveTimeMs) meetCandle(meeting, step);
  } else if (beginsAtMs >= effectiveTimeMs) {
    if (step.kind === 'trade') meetTrade(meeting, step);
    else if (step.kind === 'quote') meetQuote(meeting, step);
    else meeting.accept(effectiveTimeMs);
  }
}

function meetShorter(meeting: Meeting, candles: readonly CandleStep[]): void {
  for (const candle of candles) if (!meeting.isOver) meet(meeting, candle);
}

function meetTrade(meeting: Meeting, trade: TradeStep): void {
  const { price, timeMs } = trade;
  if (isWaiting(meeting)) {
    meeting.accept(timeMs);
    follow(meeting, price);
    if (!triggerAt(meeting, price, timeMs)) return;
  }
  if (meeting.progress.isResting) restThroughTrade(meeting, trade, trade);
  else if (meeting.paper.fill.takes === 'trade') arrive(meeting, trade);
}

function meetQuote(meeting: Meeting, quote: QuoteStep): void {
  const { timeMs, quality } = quote;
  if (isWaiting(meeting)) return meeting.accept(timeMs);
  const [price, quantity] =
    meeting.order.terms.side === 'BUY'
      ? [quote.askPrice, quote.askQuantity]
      : [quote.bidPrice, quote.bidQuantity];
  const other: Offer = { price, quantity, timeMs, tradeId: '', quality };
  if (meeting.progress.isResting) restThroughQuote(meeting, quote, other);
  else if (meeting.paper.fill.takes === 'quote') {
    arrive(meeting, other);
    // The quote on which it arrives also shows the queue that it joins.
    if (!meeting.isOver && meeting.progress.isResting) restThroughQuote(meeting, quote, other);
  }
}

/**
 * The open, then how far it went. Within, nobody knows what came first: a stop is taken to have been there before anything in our favour,
 * and what happened there is stamped with the last millisecond, by which it is known to have happened.
 */
function meetCandle(meeting: Meeting, candle: CandleStep): void {
  meetOpen(meeting, candle);
  const { endsAtMs } = meeting.order;
  // Of an order that ends within it, only the open is known to lie before its end.
  if (meeting.isOver || (endsAtMs !== null && endsAtMs < candle.closeTimeMs)) return;
  if (isWaiting(meeting)) triggerWithin(meeting, candle);
  else if (meeting.progress.isResting) restThroughRange(meeting, within(candle, worst(meeting, candle)));
}

function meetOpen(meeting: Meeting, candle: CandleStep): void {
  const { open, openTimeMs } = candle;
  if (isWaiting(meeting)) {
    meeting.accept(openTimeMs);
    follow(meeting, open);
    if (!triggerAt(meeting, open, openTimeMs)) return;
  }
  const offer = offered(candle, open, openTimeMs);
  if (meeting.progress.isResting) restThroughRange(meeting, offer);
  else arrive(meeting, offer);
}

function triggerWithin(meeting: Meeting, candle: CandleStep): void {
  const timeMs = candle.closeTimeMs - 1;
  const { side } = meeting.order.terms;
  const stop = stopPriceOf(meeting);
  const furthest = side === 'SELL' ? candle.low : candle.high;
  if (stop !== null && isAtStop(meeting, stop, furthest)) return goOff(meeting, candle, stop);
  follow(meeting, side === 'SELL' ? candle.high : candle.low);
  // The close comes after the best price: where it is beyond the stop, the stop was passed on the way.
  const raised = stopPriceOf(meeting);
  if (raised !== null && raised !== stop && isAtStop(meeting, raised, candle.close))
    goOff(meeting, candle, raised);
  else meeting.accept(timeMs);
}

function goOff(meeting: Meeting, candle: CandleStep, price: Decimal): void {
  const offer = within(candle, price);
  trigger(meeting, price, offer.timeMs);
  arrive(meeting, offer);
}

/** A market order takes. A limit takes where it can, and rests where it cannot. */
function arrive(meeting: Meeting, offer: Offer): void {
  const { terms } = meeting.order;
  const limit = limitPriceOf(terms);
  if (limit === null) return meeting.take(offer);
  if (reach(terms.side, limit, offer.price) >= 0) {
    if ('postOnly' in terms && terms.postOnly)
      return meeting.refuse('it would take, and may only post', offer.timeMs);
    meeting.take(offer);
  } else if (terms.timeInForce === 'IOC' || terms.timeInForce === 'FOK') {
    meeting.end('canceled', 'nothing could be filled at once', offer.timeMs);
  }
  if (meeting.isOver) return;
  meeting.accept(offer.timeMs);
  meeting.change({ isResting: true });
}

function isWaiting({ order: { terms }, progress }: Meeting): boolean {
  return terms.type !== 'MARKET' && terms.type !== 'LIMIT' && !progress.isTriggered;
}

/** The price of the range that lies furthest towards a limit. */
function worst({ order: { terms } }: Meeting, { high, low }: CandleStep): Decimal {
  return terms.side === 'BUY' ? low : high;
}

function within(candle: CandleStep, price: Decimal): Offer {
  return offered(candle, price, candle.closeTimeMs - 1);
}

function offered({ volume, quality }: CandleStep, price: Decimal, timeMs: number): Offer {
  return { price, timeMs, tradeId: '', quantity: volume, quality };
}
