import { beforeEach, describe, expect, it } from '@jest/globals';
import { LanePacker } from '../../../collector/outlet/lane-packer.ts';
import { qualityOf } from '../../../shared/domain/market-data/quality-flags.ts';
import { laneOf } from '../../../shared/domain/market-data/lane.ts';
import { readDroppedTrades } from '../../../shared/runtime/dropped-trades.ts';
import { streamEvent } from '../../../test/support/stream-events.ts';
import { invocation, tradingPorts, type TradingPorts } from '../../../test/support/trading-ports.ts';
import { createHandler } from './handler.ts';

const INSTRUMENT = 'binance:BTC-USDT';
const START_MS = 1_723_161_600_000;

type Print = readonly [tradeId: number, secondsIn: number, price?: string, quality?: number];

describe('store-trades', () => {
  let ports: TradingPorts;
  let sequence = 0;
  beforeEach(() => {
    ports = tradingPorts();
    sequence = 0;
  });

  /** A record, to a function that has nothing in memory. @param fence of the collector that sends it */
  const send = async (prints: readonly Print[], fence: number | null = null): Promise<void> => {
    const packer = new LanePacker(() => 'session', fence);
    for (const [tradeId, secondsIn, price = '100', quality = 0] of prints) {
      const timeMs = START_MS + 1000 * secondsIn;
      const trade = { tradeId: String(tradeId), price, quality, quantity: '1', takerSide: 'B' };
      packer.addTrade({ instrumentId: INSTRUMENT, ...trade, timeMs, receivedAtMs: timeMs });
    }
    const records = packer
      .take()
      .filter(({ partitionKey }) => partitionKey === laneOf(INSTRUMENT))
      .map((record) => ({ ...record, sequence: ++sequence, arrivalMs: Date.now() + 60_000 }));
    await createHandler(ports)(streamEvent(records), invocation);
  };
  const stored = async () =>
    (await ports.trades.between(INSTRUMENT, 0, 4e12, 100)).map(({ tradeId, timeMs, quality = 0 }) => [
      tradeId,
      (timeMs - START_MS) / 1000,
      quality,
    ]);

  it('keeps what came before the first, what is late and what lies in the past, and counts what it knew', async () => {
    await send([
      [10, 10],
      [13, 13],
    ]);
    await send([
      [12, 12],
      [9, 9],
      [10, 10],
      [9, 9],
    ]);
    expect(await stored()).toEqual([9, 10, 12, 13].map((n) => [n, n, 0]));
    expect(await readDroppedTrades(ports.state)).toEqual({ known: 2, fenced: 0 });
  });

  it('goes on where ids begin anew, flags that, and tells the ids of before from those of now', async () => {
    await send([
      [100, 1],
      [101, 2],
      [99, 3],
      [100, 4],
    ]);
    await send([
      [100, 1],
      [102, 2.5],
    ]);
    expect(await stored()).toEqual([
      [100, 1, 0],
      [101, 2, 0],
      [102, 2.5, 0],
      [99, 3, qualityOf('reset')],
      [100, 4, 0],
    ]);
    expect(await readDroppedTrades(ports.state)).toEqual({ known: 1, fenced: 0 });
  });

  it('flags an id that goes back within the instant of the newest, and nothing that is told again', async () => {
    await send([
      [100, 1],
      [102, 2],
      [103, 2],
      [102, 2],
    ]);
    await send([
      [50, 2],
      [50, 2],
      [103, 2],
    ]);
    expect(await stored()).toEqual([
      [100, 1, 0],
      [50, 2, qualityOf('id-regression')],
      [102, 2, 0],
      [103, 2, 0],
    ]);
  });

  it('tells what is said against trades, one line a second and flag, and of what is no trade', async () => {
    const spike = qualityOf('spike', 'future-time');
    const batch: Print[] = [
      [1, 1],
      [2, 2.1, '500', qualityOf('spike')],
      [3, 2.2, '501', spike],
      [4, 3, '0'],
      [5, 4, 'cheap'],
      [6, 5, '-1.5'],
    ];
    await send(batch);
    const told = () =>
      ports
        .told('QualityNotedV1')
        .flatMap(({ events }) => events)
        .map(({ flag, subject, atMs, toMs, what }) => {
          return [flag, subject, (atMs - START_MS) / 1000, toMs - atMs, what];
        });
    const expected = [
      ['spike', 'trade', 2, 1000, 'trade 2 at 500'],
      ['future-time', 'trade', 2, 1000, 'trade 3 at 501'],
      ['not-positive', 'trade', 3, 1000, 'trade 4 of 1 at 0: set aside'],
      ['not-positive', 'trade', 5, 1000, 'trade 6 of 1 at -1.5: set aside'],
    ];
    expect(told()).toEqual(expected);
    // A bus that was away: what is delivered again is told again, under the same ids.
    const ids = () => ports.told('QualityNotedV1').map(({ events }) => events.map(({ id }) => id));
    sequence = 0;
    ports.published.length = 0;
    const before = tradingPorts();
    ports = before;
    await send(batch);
    expect(told()).toEqual(expected);
    expect(new Set(ids().flat()).size).toBe(expected.length);
  });

  it('counts what a collector sent that another had followed', async () => {
    await send([[1, 1]], 7);
    await send([[2, 2]], 6);
    expect(await stored()).toEqual([[1, 1, 0]]);
    expect(await readDroppedTrades(ports.state)).toEqual({ known: 0, fenced: 1 });
  });
});
