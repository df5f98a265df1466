import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { binance } from '../shared/adapters/exchanges/binance/venue.ts';
import { formatCaptureLine, receivedAtMs } from '../shared/contracts/capture.ts';
import { readToldTrade, type ReceivedTrade } from '../shared/contracts/lane-rows.ts';
import { decimal, toNumber } from '../shared/domain/decimal.ts';
import { SyntheticMarket, type MarketParameters } from './synthetic-market.ts';

const SECOND = 1_767_225_600;
const SMALL = { seed: 7, instruments: 3, tradesPerSecond: 10 };

function hashOf(parameters: MarketParameters, second: number): string {
  const text = new SyntheticMarket(parameters).messagesOf(second).map((message) => message.text);
  return createHash('sha256').update(text.join('\n')).digest('hex');
}

/** The trades of a second as the platform reads them. */
function tradesOf(market: SyntheticMarket, second: number): ReceivedTrade[] {
  return market.messagesOf(second).flatMap((message) => {
    if (message.kind !== 'ws') return [];
    const events = binance.decoder().read(message, receivedAtMs(message.receivedAtNs));
    return events.flatMap((event) => {
      if (event.kind !== 'trade') return [];
      const trade = readToldTrade(event);
      if (typeof trade === 'string') throw new Error(trade);
      return [trade];
    });
  });
}

describe('a synthetic market', () => {
  it('is the same whenever it is asked for the same second, and another for another seed', () => {
    expect(hashOf(SMALL, SECOND)).toBe(hashOf(SMALL, SECOND));
    expect(hashOf(SMALL, SECOND)).toBe('03bd81f1677854d5ef4a3d8b8fcb1e3eadda4ee0c0cd40bce4b80c844e506648');
    expect(hashOf({ ...SMALL, seed: 8 }, SECOND)).not.toBe(hashOf(SMALL, SECOND));
  });

  it('gives parts of a second as it gives the whole', () => {
    const market = new SyntheticMarket(SMALL);
    const parts = [0, 7, 14, 21, 28].flatMap((from) => market.messagesOf(SECOND, from, 7));
    expect(parts).toEqual(market.messagesOf(SECOND));
  });

  it('speaks as Binance does: every message is a trade that the platform reads', () => {
    const market = new SyntheticMarket(SMALL);
    expect(tradesOf(market, SECOND)).toHaveLength(30);
    expect(market.messagesOf(SECOND)[0]!.message).toBe(
      '{"stream":"btcusdt@trade","data":{"e":"trade","E":1767225600000,"s":"BTCUSDT","t":17672256000,"p":"60262.61000000","q":"0.00624000","T":1767225600000,"m":false,"M":true}}',
    );
  });

  it('writes capture lines that hold its messages', () => {
    for (const message of new SyntheticMarket(SMALL).messagesOf(SECOND))
      expect(message.text).toBe(formatCaptureLine(message));
  });

  it('spreads the trades of a second over it, in order', () => {
    const times = tradesOf(new SyntheticMarket(SMALL), SECOND).map(({ timeMs }) => timeMs - SECOND * 1000);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times)).toEqual(new Set([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]));
  });

  it('numbers trades and lines without a gap from each second to the next', () => {
    const market = new SyntheticMarket(SMALL);
    const bitcoin = [SECOND, SECOND + 1].flatMap((second) =>
      tradesOf(market, second).flatMap((trade) =>
        trade.instrumentId === 'binance:BTC-USDT' ? [trade.tradeId] : [],
      ),
    );
    expect(bitcoin).toEqual(Array.from({ length: 20 }, (_, n) => SECOND * 10 + n));
    const lines = [SECOND, SECOND + 1].flatMap((second) => market.messagesOf(second).map(({ line }) => line));
    expect(lines).toEqual(Array.from({ length: 62 }, (_, n) => market.firstLineOf(SECOND) + n));
    expect(lines.map((line) => market.secondOf(line) - SECOND)).toEqual([
      ...Array(31).fill(0),
      ...Array(31).fill(1),
    ]);
  });

  it('ends each second with a heartbeat that proves it', () => {
    const last = new SyntheticMarket(SMALL).messagesOf(SECOND).at(-1)!;
    expect(last).toMatchObject({ kind: 'heartbeat', message: `{"venueTimeMs":${SECOND * 1000 + 2000}}` });
  });

  it('names a hundred instruments, each once', () => {
    const { instrumentIds } = new SyntheticMarket({ ...SMALL, instruments: 100 });
    expect(new Set(instrumentIds).size).toBe(100);
    expect(instrumentIds.every((id) => binance.readInstrument(id) === id)).toBe(true);
  });

  it('moves in waves of about one per cent around its level', () => {
    const market = new SyntheticMarket({ ...SMALL, tradesPerSecond: 1 });
    const prices = Array.from({ length: 1800 }, (_, n) => toNumber(tradesOf(market, SECOND + n)[0]!.price));
    expect(Math.max(...prices)).toBeGreaterThan(60_300);
    expect(Math.max(...prices)).toBeLessThan(61_000);
    expect(Math.min(...prices)).toBeLessThan(59_700);
    expect(Math.min(...prices)).toBeGreaterThan(59_000);
  });

  it('gives a crossover of moving averages something to do, and little for it after fees', () => {
    const returns = [1, 2, 3, 4].map((seed) => crossoverReturn(closesOf({ ...SMALL, seed }, 1800)));
    const mean = returns.reduce((sum, each) => sum + each, 0) / returns.length;
    expect(mean).toBeGreaterThan(-0.02);
    expect(mean).toBeLessThan(0.04);
  });
});

/** Closes of the first instrument's 1 s candles. */
function closesOf(parameters: MarketParameters, seconds: number): number[] {
  const market = new SyntheticMarket({ ...parameters, instruments: 1 });
  return Array.from({ length: seconds }, (_, n) => toNumber(tradesOf(market, SECOND + n).at(-1)!.price));
}

/** All in and all out on crossings of 5 and 20 closes, at the close, with a fee of 0.1 % each way. */
function crossoverReturn(closes: readonly number[]): number {
  const average = (end: number, length: number): number =>
    closes.slice(end - length, end).reduce((sum, close) => sum + close, 0) / length;
  let cash = 1;
  let held = 0;
  for (let end = 21; end <= closes.length; end++) {
    const isAbove = average(end, 5) > average(end, 20);
    const price = closes[end - 1]!;
    if (isAbove && held === 0) {
      held = (cash * 0.999) / price;
      cash = 0;
    } else if (!isAbove && held > 0) {
      cash = held * price * 0.999;
      held = 0;
    }
  }
  return cash + held * closes.at(-1)! - toNumber(decimal('1'));
}
