import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KinesisStreamRecord } from 'aws-lambda';
import { INSTRUMENT, LANE, record, row, store } from '../../../test/support/trades-records.ts';
import { invocation, tradingPorts, type TradingPorts } from '../../../test/support/trading-ports.ts';
import type { LanePricesRecord } from '../../../shared/contracts/lane-prices.ts';
import { lanePricesKey, longerCandlesKey } from '../../../shared/contracts/record-keys.ts';
import { latestPriceOf, openCandleOf } from '../../../shared/contracts/lane-candles.ts';
import { type TradeRow } from '../../../shared/contracts/lane-rows.ts';
import { REDRIVE_SESSION } from '../../../shared/contracts/stream-records.ts';
import type { Interval } from '../../../shared/domain/candles/interval.ts';
import { decimal, formatDecimal } from '../../../shared/domain/decimal.ts';
import { qualityOf } from '../../../shared/domain/market-data/quality-flags.ts';
import { readAllLaneCandles, readLaneCandles } from '../../../shared/runtime/lane-candles.ts';
import { createHandler } from './handler.ts';

const OTHER = 'binance:ETH-USDT';

describe('build-candles', () => {
  let ports: TradingPorts;
  /** A function as a fresh process has it: nothing in memory. Its trades are stored before. */
  let fold: (...records: KinesisStreamRecord[]) => Promise<void>;

  const freshProcess = (): void => {
    const handler = createHandler(ports);
    fold = async (...records) => {
      await store(ports, records);
      await handler({ Records: records }, invocation);
    };
  };

  beforeEach(() => {
    ports = tradingPorts();
    freshProcess();
  });

  const announced = () =>
    ports
      .told('CandlesClosedV1')
      .flatMap(({ candles }) =>
        candles.map(({ interval, openTimeMs, close }) => [interval, openTimeMs, close]),
      );
  const stored = async () => ports.candles.between(INSTRUMENT, '1s', 0, 1e12, 100);

  it('tells with each candle how far the clock of its venue is from ours, where one is listened to', async () => {
    const offsets = () =>
      ports.told('CandlesClosedV1').flatMap(({ candles }) => candles.map((one) => one.venueOffsetMs));
    const live = { fence: 1, sessionId: 'live' };
    await fold(
      record(1, { ...live, trades: [row(1, 1000, '5')], venueOffsetMs: -90_000 }),
      record(2, { ...live, trades: [row(2, 2000, '5')] }),
    );
    freshProcess();
    await fold(record(3, { ...live, trades: [row(3, 3000, '5')] }));
    expect(offsets()).toEqual([-90_000, -90_000]);
    // A replay in the same folder has the venue's time itself.
    await fold(record(4, { sessionId: 'tape', trades: [row(4, 4000, '5')] }));
    expect(offsets().slice(2)).toEqual([undefined]);
  });

  it('tells of a gap once, of the shortest candle that it may lie in', async () => {
    await fold(
      record(1, { trades: [row(1, 1000, '5'), row(2, 1500, '6')] }),
      record(2, { trades: [row(5, 2100, '7')] }),
    );
    await fold(record(3, { trades: [row(6, 61_000, '7')] }));
    const told = ports.told('QualityNotedV1').flatMap(({ events }) => events);
    expect(told).toMatchObject([
      {
        flag: 'gap',
        subject: 'candle',
        atMs: 1000,
        toMs: 2000,
        what: 'trades are missing in or next to 1 to 2',
      },
      {
        flag: 'gap',
        subject: 'candle',
        atMs: 2000,
        toMs: 3000,
        what: 'trades are missing in or next to 5 to 5',
      },
    ]);
    expect((await ports.candles.between(INSTRUMENT, '30s', 0, 1e12, 9))[0]).toMatchObject({ quality: 1 });
  });

  it('stores closed candles, then announces them, and keeps the open one for readers', async () => {
    await fold(
      record(1, { trades: [row(1, 1000, '5'), row(2, 1500, '6')] }),
      record(2, { trades: [row(3, 2100, '7')] }),
    );
    expect((await stored()).map(({ close }) => close)).toEqual([decimal('6')]);
    expect(announced()).toEqual([['1s', 1000, '6']]);
    expect(openCandleOf((await readAllLaneCandles(ports.state, LANE))!, INSTRUMENT, '1s')).toMatchObject({
      openTimeMs: 2000,
      close: '7',
      closed: false,
    });
  });

  it('closes by a watermark or a heartbeat as by a trade', async () => {
    await fold(record(1, { trades: [row(1, 1000)] }), record(2, { watermarks: [[0, 2000]] }));
    await fold(record(3, { trades: [row(2, 2000)] }), record(4, { laneWatermarkMs: 3000 }));
    expect(announced()).toEqual([
      ['1s', 1000, '100'],
      ['1s', 2000, '100'],
    ]);
  });

  it('calls a candle incomplete when the trade behind its watermark leaves a gap, though others came twice', async () => {
    await fold(record(1, { trades: [row(1, 1000)], watermarks: [[0, 2000]], nextTradeIds: [[0, '2']] }));
    const twice = [row(2, 2000), row(2, 2000)];
    await fold(record(2, { trades: twice, watermarks: [[0, 3000]], nextTradeIds: [[0, '4']] }));
    await fold(record(3, { trades: [row(4, 3000)], watermarks: [[0, 4000]] }));
    expect((await stored()).map(({ complete }) => complete)).toEqual([true, false, false]);
  });

  it('does a batch again from the stored state when the process died before it was written', async () => {
    const batch = [record(1, { trades: [row(1, 1000)] }), record(2, { trades: [row(2, 2000)] })];
    ports.breakBus(true);
    await expect(fold(...batch)).rejects.toThrow('the bus is away');
    ports.breakBus(false);
    freshProcess();
    await fold(...batch, record(3, { trades: [row(3, 3000)] }));
    expect(announced()).toEqual([
      ['1s', 1000, '100'],
      ['1s', 2000, '100'],
    ]);
    expect((await stored()).map(({ openTimeMs }) => openTimeMs)).toEqual([1000, 2000]);
  });

  it('skips records that it has done, and trades that the collector sends again', async () => {
    await fold(record(1, { trades: [row(1, 1000), row(2, 1001)] }));
    await fold(
      record(1, { trades: [row(1, 1000), row(2, 1001)] }),
      record(2, { trades: [row(2, 1001), row(3, 2000)] }),
    );
    expect((await stored()).map(({ tradeCount }) => tradeCount)).toEqual([2]);
  });

  it('fails when somebody else has written its lane, and then goes on from there', async () => {
    await fold(record(1, { trades: [row(1, 1000)] }));
    const mine = fold;
    freshProcess();
    await fold(record(2, { trades: [row(2, 1001)] }));
    await expect(mine(record(2, { trades: [row(2, 1001)] }))).rejects.toThrow('condition failed');
    await mine(record(2, { trades: [row(2, 1001)] }), record(3, { trades: [row(3, 2000)] }));
    expect((await stored()).map(({ tradeCount }) => tradeCount)).toEqual([2]);
  });

  it('gives a late trade a revision of its candle, once, and announces nothing', async () => {
    const late = record(2, { trades: [row(2, 1900, '50')], sessionId: REDRIVE_SESSION });
    await fold(record(1, { trades: [row(1, 1000), row(3, 2000)] }));
    await fold(late);
    freshProcess();
    const before = (await stored())[0]!;
    await fold(record(3, { trades: [row(4, 2001)] }));
    expect(before).toMatchObject({ revision: 1, tradeCount: 2, low: decimal('50'), throughSequence: '2' });
    expect(await ports.candles.asFirstClosed(INSTRUMENT, '1s', 0, 1e12, 10)).toMatchObject([
      { revision: 0, tradeCount: 1 },
    ]);
    expect(announced()).toEqual([['1s', 1000, '100']]);
  });

  it('says the same of a late trade wherever the batch ends', async () => {
    const records = [
      record(1, { trades: [row(1, 1000), row(4, 2000)] }),
      record(2, { trades: [row(2, 1900)] }),
      record(3, { trades: [row(3, 2000)] }),
    ];
    await fold(...records);
    const together = await stored();
    ports = tradingPorts();
    freshProcess();
    for (const one of records) await fold(one);
    expect(await stored()).toEqual(together);
    expect(together).toMatchObject([{ revision: 1, lastTradeId: 2, complete: true }]);
  });

  it('revises once when the process died between the revision and its state', async () => {
    const late = record(2, { trades: [row(2, 1900, '50')], sessionId: REDRIVE_SESSION });
    await fold(record(1, { trades: [row(1, 1000), row(3, 2000)] }));
    const { write } = ports.state;
    ports.state.write = async () => Promise.reject(new Error('the table is away'));
    await expect(fold(late)).rejects.toThrow('the table is away');
    ports.state.write = write;
    freshProcess();
    await fold(late);
    expect(await stored()).toMatchObject([{ revision: 1, tradeCount: 2, volume: decimal('2') }]);
  });

  it('revises a candle by a trade that came late in the very record that closed it, once', async () => {
    const trades = [row(1, 1000), row(2, 2000), row(3, 1900, '50')];
    const batch = record(1, { trades, laneWatermarkMs: 2000 });
    const { transact } = ports.state;
    ports.state.transact = async () => Promise.reject(new Error('the table is away'));
    await expect(fold(batch)).rejects.toThrow('the table is away');
    ports.state.transact = transact;
    await fold(batch);
    expect(await stored()).toMatchObject([{ revision: 1, tradeCount: 2, close: decimal('50') }]);
    expect(announced()).toContainEqual(['1s', 1000, '100']);
  });

  describe('told of trades that it cannot tell from known ones', () => {
    const all = async (interval: Interval) => ports.candles.between(INSTRUMENT, interval, 0, 1e12, 10_000);
    const contentOf = async (interval: Interval) =>
      (await all(interval)).map(({ openTimeMs, tradeCount, complete }) => [openTimeMs, tradeCount, complete]);
    const DAY_ONE = 86_400_000;
    const DAY_TWO = 2 * DAY_ONE;
    /** Two minutes of a day, a trade each half second. */
    const day = (firstId: number, fromMs: number) =>
      Array.from({ length: 240 }, (_, n) => row(firstId + n, fromMs + 500 * n, String(100 + n)));

    it('makes candles of history a minute at a time, which nobody is told of, and no later ones of its end', async () => {
      await fold(record(1, { trades: day(241, DAY_TWO) }));
      const toldBefore = announced().length;
      const [first, second] = [day(1, DAY_ONE).slice(0, 130), day(1, DAY_ONE).slice(130)];
      await fold(record(2, { trades: first }));
      expect(await contentOf('1m')).toContainEqual([DAY_ONE, 120, true]);
      expect((await all('1s')).filter(({ openTimeMs }) => openTimeMs < DAY_TWO)).toHaveLength(60);
      freshProcess();
      await fold(record(3, { trades: second }));
      await fold(record(4, { ends: true }));
      expect((await contentOf('1m')).slice(0, 2)).toEqual([
        [DAY_ONE, 120, true],
        [DAY_ONE + 60_000, 120, true],
      ]);
      expect(await contentOf('1d')).toEqual([[DAY_ONE, 240, true]]);
      const history = (await all('1s')).filter(({ openTimeMs }) => openTimeMs < DAY_TWO);
      expect(history.map(({ revision }) => revision)).toEqual(history.map(() => 1));
      expect(await ports.candles.asFirstClosed(INSTRUMENT, '1s', 0, DAY_TWO, 10)).toEqual([]);
      expect(announced()).toHaveLength(toldBefore);
    });

    it('writes nothing for what it had, however often it comes', async () => {
      await fold(record(1, { trades: day(1, DAY_ONE) }));
      const before = await all('1s');
      await fold(record(2, { trades: day(1, DAY_ONE) }), record(3, { ends: true }));
      expect(await all('1s')).toEqual(before);
    });

    it('waits until the trades are stored', async () => {
      const handler = createHandler(ports);
      await fold(record(1, { trades: day(241, DAY_TWO) }));
      await handler(
        { Records: [record(2, { trades: day(1, DAY_ONE) }), record(3, { ends: true })] },
        invocation,
      );
      expect((await all('1m')).map(({ openTimeMs }) => openTimeMs)).toEqual([DAY_TWO]);
      await store(ports, [record(2, { trades: day(1, DAY_ONE) }), record(3, { ends: true })]);
      await handler({ Records: [record(4, {})] }, invocation);
      expect((await contentOf('1m')).slice(0, 2)).toEqual([
        [DAY_ONE, 120, true],
        [DAY_ONE + 60_000, 120, true],
      ]);
    });

    it('revises once when it died between a revision and its state', async () => {
      await fold(record(1, { trades: day(241, DAY_TWO) }));
      const batch = [record(2, { trades: day(1, DAY_ONE) }), record(3, { ends: true })];
      const { write, transact } = ports.state;
      await store(ports, batch);
      ports.state.write = async () => Promise.reject(new Error('the table is away'));
      ports.state.transact = async () => Promise.reject(new Error('the table is away'));
      await expect(createHandler(ports)({ Records: batch }, invocation)).rejects.toThrow('the table is away');
      Object.assign(ports.state, { write, transact });
      const before = await all('1s');
      expect(before.length).toBeGreaterThan(200);
      freshProcess();
      await createHandler(ports)({ Records: batch }, invocation);
      expect(await all('1s')).toEqual(before);
    });

    it('has a longer candle that was open meanwhile right once it has closed', async () => {
      await fold(record(1, { trades: [row(900, DAY_ONE), row(0, DAY_ONE + 1000), row(1, DAY_ONE + 2000)] }));
      // Of before the ids began anew: the minute is open, and nobody can tell whether this was in it.
      await fold(record(2, { trades: [row(901, DAY_ONE + 500, '7'), row(2, DAY_ONE + 60_000)] }));
      expect(await contentOf('1m')).toEqual([[DAY_ONE, 4, false]]);
      expect(await all('1m')).toMatchObject([
        { revision: 1, low: decimal('7'), quality: qualityOf('reset') },
      ]);
    });
  });

  it('keeps the price, which is the close of the latest candle stored, over revisions and processes', async () => {
    const late = (id: number, timeMs: number, price: string) => ({
      trades: [row(id, timeMs, price)],
      sessionId: REDRIVE_SESSION,
    });
    const records = [
      record(1, { trades: [row(1, 1000, '5'), row(4, 2000, '6'), row(6, 6000, '7')] }),
      record(2, late(2, 1900, '8')),
      record(3, late(5, 2500, '9')),
      record(4, late(3, 1950, '10')),
      record(5, late(7, 4000, '11')),
      record(6, { trades: [row(8, 7000, '12'), row(9, 6500, '13')], laneWatermarkMs: 7000 }),
    ];
    const prices = [];
    for (const one of records) {
      freshProcess();
      await fold(one);
      const price = latestPriceOf((await readLaneCandles(ports.state, LANE))!, INSTRUMENT);
      const latest = (await stored()).at(-1)!;
      expect(price).toEqual({
        instrumentId: INSTRUMENT,
        price: formatDecimal(latest.close),
        timeMs: latest.openTimeMs + 1000,
      });
      prices.push(price?.price);
    }
    expect(prices).toEqual(['6', '6', '9', '9', '11', '13']);
  });

  describe('tells the prices of its lane, which', () => {
    const told = async () =>
      (await ports.state.get<LanePricesRecord>('market-data', lanePricesKey(LANE)))?.value.prices ?? null;
    const at = (id: number, timeMs: number, price: string) => ({ trades: [row(id, timeMs, price)] });

    it('are the closes of the latest candles, and none before one has closed', async () => {
      await fold(record(1, at(1, 1000, '5')));
      expect(await told()).toEqual([]);
      freshProcess();
      await fold(record(2, at(2, 2500, '6')));
      expect(await told()).toEqual([[INSTRUMENT, '5', 2000]]);
    });

    const ofBoth = (...trades: TradeRow[]) => ({ instruments: [INSTRUMENT, OTHER], trades });
    const other = (id: number, timeMs: number, price: string): TradeRow => {
      const [, ...fields] = row(id, timeMs, price);
      return [1, ...fields];
    };

    it('are written when a second has closed, what else closes in it a second later or where a tape ends', async () => {
      await fold(record(1, ofBoth(row(1, 1000, '5'), other(1, 1000, '50'))));
      await fold(record(2, ofBoth(row(2, 2000, '6'))));
      expect(await told()).toEqual([[INSTRUMENT, '5', 2000]]);
      await fold(record(3, ofBoth(other(2, 2000, '60'))));
      expect(await told()).toEqual([[INSTRUMENT, '5', 2000]]);
      await fold(record(4, { ends: true }));
      expect(await told()).toEqual([
        [INSTRUMENT, '5', 2000],
        [OTHER, '50', 2000],
      ]);
      await fold(record(5, ofBoth(row(3, 3000, '7'))));
      await fold(record(6, ofBoth(other(3, 3000, '70'))));
      const [, ofOther] = (await told())!;
      expect(ofOther).toEqual([OTHER, '50', 2000]);
      await sleep(1010);
      await fold(record(7, {}));
      expect(await told()).toEqual([
        [INSTRUMENT, '6', 3000],
        [OTHER, '60', 3000],
      ]);
    });

    it('follow a revision that came out of quarantine at once', async () => {
      await fold(record(1, { trades: [row(1, 1000, '5'), row(3, 2000, '6')] }));
      await fold(record(2, { ...at(2, 1900, '8'), sessionId: REDRIVE_SESSION }));
      expect(await told()).toEqual([[INSTRUMENT, '8', 2000]]);
    });

    it('are told by who comes after one that died before it did', async () => {
      const { write } = ports.state;
      const first = record(1, { trades: [row(1, 1000, '5'), row(2, 2000, '6')] });
      ports.state.write = async (one) => {
        if (one.sk === 'prices') throw new Error('died');
        return write.call(ports.state, one);
      };
      await expect(fold(first)).rejects.toThrow('died');
      expect(await told()).toBeNull();
      ports.state.write = write;
      freshProcess();
      await fold(first);
      expect(await told()).toEqual([[INSTRUMENT, '5', 2000]]);
    });
  });

  it('goes on in a fresh process with every interval, of which the longer lie in an item of their own', async () => {
    const day = 86_400_000;
    for (let n = 0; n < 60; n++) {
      freshProcess();
      await fold(record(n + 1, { trades: [row(n + 1, day + 270_000 * n, String(100 + n))] }));
    }
    const candles = (await readAllLaneCandles(ports.state, LANE))!;
    // 59 × 4.5 minutes are 4 hours, 25 minutes and a half.
    expect(openCandleOf(candles, INSTRUMENT, '1d')).toMatchObject({
      openTimeMs: day,
      open: '100',
      tradeCount: 60,
    });
    expect(openCandleOf(candles, INSTRUMENT, '1h')).toMatchObject({
      open: '154',
      close: '159',
      tradeCount: 6,
    });
    const fours = await ports.candles.between(INSTRUMENT, '4h', 0, 1e12, 10);
    expect(fours).toMatchObject([
      { openTimeMs: day, open: decimal('100'), close: decimal('153'), tradeCount: 54, complete: true },
    ]);
    const kept = await readLaneCandles(ports.state, LANE);
    expect(kept?.folds[0]?.intervals.map(({ interval }) => interval)).toEqual(['1s', '30s', '1m']);
  });

  it('takes no lane of which the two items do not belong together, and heals when they do', async () => {
    await fold(record(1, { trades: [row(1, 1000)] }));
    const key = longerCandlesKey(LANE);
    const item = (await ports.state.get('market-data', key))!;
    const condition = { kind: 'none' } as const;
    const write = { kind: 'put', table: 'market-data', ...key, value: item.value, condition } as const;
    await ports.state.write(write);
    freshProcess();
    await expect(fold(record(2, { trades: [row(2, 2000)] }))).rejects.toThrow(
      `lane ${LANE}: its two items do not belong together`,
    );
    await expect(readAllLaneCandles(ports.state, LANE)).rejects.toThrow('written at each of 5 looks');
    expect(await stored()).toEqual([]);
  });

  it('begins an interval that is new for an instrument that it knows', async () => {
    const handler = createHandler(ports, ['1s', '1m']);
    await handler({ Records: [record(1, { trades: [row(1, 240_000), row(2, 270_000)] })] }, invocation);
    freshProcess();
    await fold(record(2, { trades: [row(3, 300_000), row(4, 600_000)] }));
    const fives = await ports.candles.between(INSTRUMENT, '5m', 0, 1e12, 10);
    // Its first has what the open minute had, and the second is whole.
    expect(fives).toMatchObject([
      { openTimeMs: 0, tradeCount: 2, complete: false },
      { openTimeMs: 300_000, tradeCount: 1, complete: true },
    ]);
  });

  it('is not stopped by a trade of an amount that no candle can hold', async () => {
    const huge: TradeRow = [0, '1', `1${'0'.repeat(20)}`, `1${'0'.repeat(20)}`, 'B', 1000, 1000];
    await fold(record(1, { trades: [huge, row(2, 1001)] }));
    freshProcess();
    await fold(record(2, { trades: [row(3, 2000)] }));
    expect(await stored()).toMatchObject([{ tradeCount: 1, firstTradeId: 2 }]);
  });

  it('takes no note of a connection in a record that it has done', async () => {
    const first = record(1, { sessionId: 'one', trades: [row(1, 1000)] });
    await fold(first, record(2, { sessionId: 'two', trades: [row(2, 1001)] }));
    await fold(first, record(3, { sessionId: 'two', watermarks: [[0, 2000]] }));
    expect(await stored()).toMatchObject([{ tradeCount: 2, complete: true }]);
  });

  it('calls a candle incomplete that a broken connection ran through', async () => {
    await fold(record(1, { trades: [row(1, 1000), row(2, 2000)] }));
    await fold(record(2, { sessionId: 'another', laneWatermarkMs: 3000 }));
    expect((await stored()).map(({ complete }) => complete)).toEqual([true, false]);
  });
});
