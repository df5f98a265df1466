import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_FIELD_CHARACTERS } from '../../shared/adapters/exchanges/told-fields.ts';
import type { ToldTrade } from '../../shared/contracts/lane-rows.ts';
import { MAX_TRADES_A_RECORD, parseLaneRecord } from '../../shared/contracts/stream-records.ts';
import { laneOf, lanesOf } from '../../shared/domain/market-data/lane.ts';
import { MAX_RECORD_BYTES } from '../../shared/ports/stream-writer.ts';
import { LanePacker } from './lane-packer.ts';

const BITCOIN = 'binance:BTC-USDT';
const INSTRUMENTS = [BITCOIN, 'binance:ETH-USDT', 'binance:SOL-USDT', 'binance:BNB-USDT', 'binance:XRP-USDT'];

function trade(id: number, instrumentId = BITCOIN, change: Partial<ToldTrade> = {}): ToldTrade {
  return {
    instrumentId,
    tradeId: String(id),
    price: '61837.63',
    quantity: '0.02',
    takerSide: 'S',
    timeMs: 1_723_161_255_342,
    receivedAtMs: 1_723_161_254_087,
    ...change,
  };
}

function taken(packer: LanePacker) {
  return packer.take().map(({ partitionKey, data }) => {
    const record = parseLaneRecord(Buffer.from(data).toString('utf8'));
    if (record.kind !== 'trades') throw new Error('cause' in record ? record.cause : record.kind);
    expect(record.lane).toBe(partitionKey);
    return record;
  });
}

describe('a packer', () => {
  it('packs what is in one lane into one record', () => {
    const packer = new LanePacker(() => 'session');
    packer.addTrade(trade(1));
    packer.addTrade(trade(2));
    packer.addWatermark({ instrumentId: BITCOIN, timeMs: 1000, nextTradeId: 3 });
    expect(taken(packer)).toEqual([
      {
        kind: 'trades',
        lane: laneOf(BITCOIN),
        fence: null,
        sessionId: 'session',
        instruments: [BITCOIN],
        trades: [
          expect.objectContaining({ tradeId: 1, takerSide: 'SELL' }),
          expect.objectContaining({ tradeId: 2 }),
        ],
        poison: [],
        laneWatermarkMs: null,
        watermarks: [{ instrumentId: BITCOIN, timeMs: 1000, nextTradeId: 3 }],
      },
    ]);
  });

  it('has nothing left after it was emptied', () => {
    const packer = new LanePacker(() => 'session');
    packer.addTrade(trade(1));
    packer.take();
    expect(packer.pendingTrades).toBe(0);
    expect(packer.hasPending).toBe(false);
    expect(packer.take()).toEqual([]);
  });

  it('keeps the order of each lane, and loses and invents nothing, however often it is emptied', () => {
    const steps = fc.array(fc.record({ instrument: fc.nat(INSTRUMENTS.length - 1), emptied: fc.boolean() }));
    fc.assert(
      fc.property(steps, (events) => {
        const packer = new LanePacker(() => 'session');
        const packed: string[] = [];
        for (const [id, { instrument, emptied }] of events.entries()) {
          packer.addTrade(trade(id, INSTRUMENTS[instrument]));
          if (emptied)
            packed.push(
              ...taken(packer).flatMap(({ lane, trades }) => trades.map((t) => `${lane} ${t.tradeId}`)),
            );
        }
        packed.push(
          ...taken(packer).flatMap(({ lane, trades }) => trades.map((t) => `${lane} ${t.tradeId}`)),
        );
        for (const lane of lanesOf('binance')) {
          const ofLane = events.flatMap(({ instrument }, id) =>
            laneOf(INSTRUMENTS[instrument]!) === lane ? [`${lane} ${id}`] : [],
          );
          expect(packed.filter((text) => text.startsWith(lane))).toEqual(ofLane);
        }
      }),
    );
  });

  it('is full when what waits is worth an append, be it all in one lane', () => {
    const packer = new LanePacker(() => 'session');
    for (let id = 1; id < 4000; id++) packer.addTrade(trade(id));
    expect(packer.isFull).toBe(false);
    packer.addTrade(trade(4000));
    expect(packer.isFull).toBe(true);
    expect(taken(packer).every(({ trades }) => trades.length <= MAX_TRADES_A_RECORD)).toBe(true);
  });

  it('makes several records of what is more than one', () => {
    const packer = new LanePacker(() => 'session');
    for (let id = 1; id <= 1200; id++) packer.addTrade(trade(id));
    packer.addWatermark({ instrumentId: BITCOIN, timeMs: 1000, nextTradeId: null });
    const records = taken(packer);
    expect(records.map(({ trades }) => trades.length)).toEqual([500, 500, 200]);
    expect(records.map(({ watermarks }) => watermarks)).toEqual([
      [],
      [],
      [{ instrumentId: BITCOIN, timeMs: 1000, nextTradeId: null }],
    ]);
  });

  it('tells every lane of an exchange how far its time has come', () => {
    const packer = new LanePacker(() => 'session');
    packer.addLaneWatermarks('binance', 5000);
    expect(taken(packer).map(({ lane, laneWatermarkMs }) => [lane, laneWatermarkMs])).toEqual(
      lanesOf('binance').map((lane) => [lane, 5000]),
    );
  });

  it('gives a sign of life where no time is proven', () => {
    const packer = new LanePacker(() => 'session');
    packer.addLaneWatermarks('binance', null);
    expect(taken(packer).map(({ laneWatermarkMs }) => laneWatermarkMs)).toEqual([null, null, null, null]);
  });

  it('passes a trade on as it came, so that this one alone is set aside', () => {
    const packer = new LanePacker(() => 'session');
    packer.addTrade(trade(1));
    packer.addTrade(trade(2, BITCOIN, { price: undefined }));
    packer.addTrade(trade(3));
    const [record] = taken(packer);
    expect(record!.trades.map(({ tradeId }) => tradeId)).toEqual([1, 3]);
    expect(record!.poison).toEqual([
      expect.objectContaining({
        cause: 'price: expected a decimal above zero, got null',
        instrumentId: BITCOIN,
      }),
    ]);
  });

  it('says of a message too long for quarantine that it was cut', () => {
    const packer = new LanePacker(() => 'session');
    packer.addMalformed('binance', 'x'.repeat(30_000), 'not JSON');
    const [poison] = taken(packer).flatMap((record) => record.poison);
    expect(poison!.payload.length).toBe(10_000);
    expect(poison!.cause).toBe('not JSON (the first 10000 of 30000 characters)');
  });

  it('never makes a record that a stream would refuse', () => {
    const packer = new LanePacker(() => 'session');
    const nonsense = '\u0001'.repeat(MAX_FIELD_CHARACTERS);
    for (let id = 1; id <= 2000; id++) {
      packer.addTrade(
        trade(id, BITCOIN, {
          tradeId: nonsense,
          price: nonsense,
          quantity: nonsense,
          takerSide: nonsense,
          timeMs: nonsense,
        }),
      );
      packer.addMalformed('binance', '\u0001'.repeat(20_000), 'not JSON');
    }
    expect(Math.max(...packer.take().map(({ data }) => data.byteLength))).toBeLessThan(MAX_RECORD_BYTES);
  });
});
