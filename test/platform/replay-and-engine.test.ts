import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openPlatform } from '../../embedded/platform.ts';
import { bookRecordOf } from '../../shared/contracts/ledger-records.ts';
import { booksPartition, reservationKey } from '../../shared/contracts/record-keys.ts';
import { PAPER_ACCOUNT_ID, type BookRecord, type OrderRecord } from '../../shared/contracts/records.ts';
import type { Interval } from '../../shared/domain/candles/interval.ts';
import type { Order } from '../../shared/domain/orders/order.ts';
import type { TapeRun } from '../../shared/engine/tape-engine.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Flagged } from '../../shared/domain/market-data/quality-flags.ts';
import { readIndex } from '../../shared/runtime/all-pages.ts';
import { aStrategy } from '../support/strategy.ts';
import { chainOver, engineOver } from './chain-and-engine.ts';
import type { TradingRecords } from './trading-records.ts';
import { FIRST_SECOND, writeCapture } from './write-capture.ts';

/** Longer than it takes to close a candle and to decide upon it. */
const FILL_DELAY_MS = 150;

const INSTRUMENT = 'binance:BTC-USDT';

const atMs = (second: number): number => (FIRST_SECOND + second) * 1000;

function line(kind: string, second: number, message: object): string {
  const receivedAtNs = `${atMs(second)}000000`;
  const url = 'wss://stream';
  return JSON.stringify({ receivedAtNs, exchange: 'binance', kind, url, message: JSON.stringify(message) });
}

/** The only trade of its second. */
function trade(second: number, price: number): string {
  const [p, q] = [`${price}.00`, '1.00'];
  return line('ws', second, {
    ...{ e: 'trade', E: atMs(second), T: atMs(second), s: 'BTCUSDT', t: second + 1 },
    ...{ p, q, m: true },
  });
}

const heartbeat = (second: number): string => line('heartbeat', second, { venueTimeMs: atMs(second) });

interface Run {
  readonly live: TradingRecords;
  readonly engine: TapeRun;
  readonly orderInFlight: boolean;
  readonly positions: readonly BookRecord[];
}

interface RunOptions {
  readonly decorate?: (ports: Ports) => Ports;
  readonly latencyMs?: number;
  readonly capital?: string;
  readonly interval?: Interval;
}

/** A tape through the platform and through the engine, with a strategy that turns whenever the price does. */
async function runBoth(
  folder: string,
  lines: readonly string[],
  { decorate, latencyMs = 0, capital = '10000', interval = '1s' }: RunOptions = {},
): Promise<Run> {
  const path = join(folder, 'tape.ndjson.gz');
  writeCapture(path, [...lines]);
  const dataDir = join(folder, 'data');
  const platform = await openPlatform({
    dataDir,
    use: { market: 'simulated' },
    time: 'tape',
    ...(decorate === undefined ? {} : { decorate }),
  });
  const { state } = platform.storage;
  try {
    const params = { fastPeriod: 1, slowPeriod: 2 };
    const instance = aStrategy({ params, instrumentId: INSTRUMENT, interval, latencyMs, capital });
    const live = await chainOver(platform, path, [instance]);
    return {
      live,
      positions: await readIndex<BookRecord>(state, 'portfolio', booksPartition(PAPER_ACCOUNT_ID)),
      engine: await engineOver(path, [instance]),
      orderInFlight: (await state.get('orders', reservationKey(instance.strategyId))) !== null,
    };
  } finally {
    await platform.close();
  }
}

const endsOf = (orders: readonly Pick<OrderRecord, 'side' | 'status' | 'statusReason'>[]) =>
  orders.map(({ side, status, statusReason }) => [side, status, statusReason]);

describe('a replay and the engine', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-replay-and-engine-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('agree on what is said against their data: the candle, then signal, order and fill', async () => {
    // Up at a spike in the 21st second, and down again behind it: bought on a flagged candle, sold on one that is whole.
    const prices = [...Array<number>(20).fill(100), 500, 101, 100, 99];
    const { live, engine, positions } = await runBoth(
      folder,
      prices.map((price, second) => trade(second, price)),
    );
    const flags = (records: readonly Flagged[]) => records.map((record) => record.flags);
    expect(flags(live.signals)).toEqual([['spike'], undefined]);
    const inTime = live.orders.toSorted((a, b) => a.effectiveTimeMs - b.effectiveTimeMs);
    expect(flags(inTime)).toEqual([['spike'], undefined]);
    const fills = live.fills.toSorted((a, b) => a.timeMs - b.timeMs);
    expect(fills.map(({ side, flags: said }) => [side, said])).toEqual([
      ['BUY', ['spike']],
      ['SELL', undefined],
    ]);
    expect(positions).toMatchObject([{ fills: 2, flaggedFills: 1 }]);
    expect(Number(positions[0]!.flaggedProfit)).toBe(Number(positions[0]!.realizedProfit));
    expect(engine.signals).toEqual(live.signals);
    expect(engine.fills).toEqual(fills);
    expect(engine.books.map(bookRecordOf)).toEqual(positions);
  });

  it('agree though fills are slow to be booked: candles are decided upon after what was filled in them', async () => {
    // Each candle brings advice, and each order is filled in the second that it was made in.
    const prices = [100, 99, 101, 98, 102, 97, 103, 96];
    const slow = (ports: Ports): Ports => ({
      ...ports,
      queues: {
        send: async (queue, messages) => {
          if (messages.some(({ body }) => body.includes('"kind":"filled"'))) await sleep(FILL_DELAY_MS);
          await ports.queues.send(queue, messages);
        },
      },
    });
    const { live, engine } = await runBoth(
      folder,
      prices.map((price, second) => trade(second, price)),
      { decorate: slow },
    );
    expect(engine.fills).toHaveLength(5);
    expect(endsOf(live.orders)).toEqual(endsOf(engine.orders));
    expect(live.fills).toEqual(engine.fills);
  }, 60_000);

  it('agree on signals that come while an order is in flight: the newest waits until that has filled', async () => {
    const prices = [100, 99, 101, 98, 97, 96, 95, 99, 98, 97, 101, 102];
    const { live, engine } = await runBoth(
      folder,
      prices.map((price, second) => trade(second, price)),
      { latencyMs: 1500 },
    );
    expect(live.orders.map(({ side, status }) => [side, status])).toEqual([
      ['BUY', 'FILLED'],
      ['SELL', 'FILLED'],
      ['BUY', 'FILLED'],
      ['SELL', 'FILLED'],
      ['BUY', 'SUBMITTED'],
    ]);
    expect(endsOf(live.orders)).toEqual(endsOf(engine.orders));
    expect(live.fills).toEqual(engine.fills);
  }, 60_000);

  it('agree on a market that falls silent: what is asked waits for its trade, however late that comes', async () => {
    const { live, engine, orderInFlight } = await runBoth(folder, [
      ...[trade(0, 100), trade(1, 99), trade(2, 101)],
      // Over a minute later: the candle before it closes only now.
      trade(72, 98),
      // The exit waits for an hour, while time is told.
      ...[heartbeat(76), heartbeat(100), heartbeat(2000), trade(3700, 97), trade(3701, 103)],
      ...[heartbeat(3800), heartbeat(3900)],
    ]);
    const fills = live.fills.toSorted((a, b) => a.timeMs - b.timeMs);
    expect(fills.map(({ side, price, timeMs }) => [side, price, timeMs])).toEqual([
      ['BUY', '98', atMs(72)],
      ['SELL', '97', atMs(3700)],
    ]);
    expect(engine.fills).toEqual(fills);
    expect(endsOf(live.orders)).toEqual([
      ['BUY', 'FILLED', null],
      ['SELL', 'FILLED', null],
      ['BUY', 'ACCEPTED', null],
    ]);
    expect(endsOf(engine.orders)).toEqual(endsOf(live.orders));
    expect(orderInFlight).toBe(true);
  }, 60_000);

  it('agree on an order that its venue rejects: it is tried again at once, then in pauses, until it has lapsed', async () => {
    // Of so little cash nothing can be bought at these prices.
    const prices = [100, 99, 101, 102, 103, 104, 105, 106, 107, 108, 109];
    const { live, engine, orderInFlight } = await runBoth(
      folder,
      [...prices.flatMap((price, minute) => [0, 20, 40].map((s) => trade(60 * minute + s, price)))],
      { capital: '0.000000000001', interval: '1m' },
    );
    const madeAt = (orders: readonly Order[]) =>
      orders.map(({ effectiveTimeMs }) => effectiveTimeMs / 1000 - FIRST_SECOND).sort((a, b) => a - b);
    expect(madeAt(live.orders)).toEqual([180, 181, 300, 420]);
    expect(madeAt(engine.orders)).toEqual(madeAt(live.orders));
    expect(live.orders.every(({ status }) => status === 'REJECTED')).toBe(true);
    expect(engine.orders.map(({ clientOrderId }) => clientOrderId).sort()).toEqual(
      live.orders.map(({ clientOrderId }) => clientOrderId).sort(),
    );
    expect(orderInFlight).toBe(false);
  }, 60_000);
});
