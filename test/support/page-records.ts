/** Records for the tests of the page: plain ones, to be changed where a test is about something. */
import type { Candle, Fill, Order, Position, QualityEvent } from '../../dashboard/api/views.ts';

const instrumentId = 'binance:BTC-USDT';
const strategyId = '3a1f5a0e-7c55-5d0f-9d2b-6f1f4a8f2c11';
let count = 0;
const nextId = (): string => `00000000-0000-5000-8000-${String(++count).padStart(12, '0')}`;

export function candleAt(openTimeMs: number, parts: Partial<Candle> = {}): Candle {
  return {
    instrumentId,
    interval: '1m',
    openTimeMs,
    open: '100',
    high: '110',
    low: '90',
    close: '105',
    volume: '3',
    quoteVolume: '300',
    takerBuyVolume: '1',
    tradeCount: 10,
    firstTradeId: '1',
    lastTradeId: '10',
    closed: true,
    complete: true,
    ...parts,
  };
}

export function fillAt(timeMs: number, side: Fill['side'] = 'BUY', parts: Partial<Fill> = {}): Fill {
  return {
    fillId: nextId(),
    clientOrderId: nextId(),
    accountId: 'paper',
    strategyId,
    instrumentId,
    side,
    price: '100',
    quantity: '1',
    notional: '100',
    fee: '0.1',
    cashChange: side === 'BUY' ? '-100.1' : '99.9',
    tradeId: '7',
    timeMs,
    ...parts,
  };
}

export function qualityEventAt(atMs: number, flag: QualityEvent['flag']): QualityEvent {
  return {
    ...{ id: nextId(), venue: 'binance', instrumentId, flag, subject: 'trade' },
    ...{ atMs, toMs: atMs + 1000, what: 'trade 7 at 500' },
  };
}

export function orderAt(effectiveTimeMs: number, parts: Partial<Order> = {}): Order {
  return {
    clientOrderId: nextId(),
    signalId: nextId(),
    accountId: 'paper',
    strategyId,
    instrumentId,
    side: 'BUY',
    type: 'MARKET',
    quantity: null,
    quoteQuantity: '10000',
    feeRate: '0.001',
    slippage: '0',
    effectiveTimeMs,
    expiresAtMs: effectiveTimeMs + 60_000,
    status: 'INITIALIZED',
    statusReason: null,
    filledQuantity: '0',
    averagePrice: null,
    ...parts,
  };
}

/** A flat book of 10000 USDT. */
export function positionOf(parts: Partial<Position> = {}): Position {
  return {
    accountId: 'paper',
    strategyId,
    instrumentId,
    quantity: '0',
    cash: '10000',
    cost: '0',
    realizedProfit: '0',
    feesPaid: '0',
    fills: 0,
    entryTimeMs: null,
    entryPrice: null,
    markPrice: null,
    markTimeMs: null,
    value: '0',
    unrealizedProfit: '0',
    equity: '10000',
    ...parts,
  };
}
