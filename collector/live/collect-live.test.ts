import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readCapture, verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import type { CaptureMessage } from '../../shared/contracts/capture.ts';
import { LimitExceeded } from '../../shared/ports/state-store.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import {
  everyTradeOf,
  FIRST_SECOND,
  liveCollectors,
  market,
  PER_SECOND,
} from '../../test/support/live-collectors.ts';
import { tapeOfCapture } from '../tape/tape-of-capture.ts';
import { chooseInstruments } from './choose-instruments.ts';
import { LiveRefused } from './live-venue.ts';

const collectors = liveCollectors();

async function expectAllInTime(live: ReturnType<typeof collectors>): Promise<void> {
  await live.until(() => live.sentCount() === live.published.size);
  expect(live.writer.trades().some(({ laneWatermarkMs }) => laneWatermarkMs !== null)).toBe(true);
  expect(live.lateTrades()).toBe(0);
}

describe('a live collector', () => {
  it('sends every trade once and in order, and tells every lane how far the venue has come', async () => {
    const live = collectors();
    live.setClock();
    const collector = await live.listen();
    for (let second = 0; second < 3; second++) live.trade(second);
    await live.until(() => live.sentCount() === 3 * 3 * PER_SECOND);
    await live.until(
      () =>
        new Set(live.writer.trades().flatMap((r) => (r.laneWatermarkMs === null ? [] : [r.lane]))).size === 4,
    );
    await collector.stop();
    expect(live.sentIds()).toEqual(everyTradeOf(3));
    expect(live.lateTrades()).toBe(0);
    expect(live.sessions()).toBe(1);
  });

  it('fetches what was traded while the connection was down, before it goes on', async () => {
    const live = collectors();
    live.setClock();
    const collector = await live.listen();
    await live.tradeFirstSecond();
    live.venue.dropConnections();
    live.trade(1);
    await live.until(() => live.venue.connectionsMade === 2);
    live.trade(2);
    await live.until(() => live.sentCount() === 3 * 3 * PER_SECOND);
    await collector.stop();
    expect(live.sentIds()).toEqual(everyTradeOf(3));
    expect(live.lateTrades()).toBe(0);
    // Nothing was missed, so nothing that is open has to be doubted.
    expect(live.sessions()).toBe(1);
  });

  it('fetches what was traded while the connection was down once the venue knows of it', async () => {
    const live = collectors();
    const collector = await live.listen({ restLagMs: 400, silenceMs: 60_000 });
    await live.tradeFirstSecond();
    live.venue.faults.restLagMs = 200;
    live.venue.dropConnections();
    live.trade(1);
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    expect(live.sentIds()).toEqual(everyTradeOf(2));
    expect(live.sessions()).toBe(1);
  });

  it('fetches what was traded meanwhile even where no further trade tells of it', async () => {
    const live = collectors();
    const collector = await live.listen();
    await live.tradeFirstSecond();
    live.venue.dropConnections();
    live.trade(1);
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    expect(live.sentIds()).toEqual(everyTradeOf(2));
  });

  it('notices a dead line by a ping that is not answered', async () => {
    const live = collectors();
    const collector = await live.listen({ silenceMs: 60_000 });
    await live.tradeFirstSecond();
    live.venue.faults.silence = 'everything';
    live.trade(1);
    await live.until(() =>
      live.logged.some((line) => line.includes('a ping was not answered within 120 ms')),
    );
    live.venue.faults.silence = 'none';
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    // Only what is sent: the stand-in answers pings at once, so on a busy machine a pong may overtake delayed trades.
    expect(live.sentIds()).toEqual(everyTradeOf(2));
  });

  it('notices a stream that is silent while the market goes on, though pings are answered', async () => {
    const live = collectors();
    const collector = await live.listen();
    await live.tradeFirstSecond();
    live.venue.faults.silence = 'messages';
    live.trade(1);
    // Whoever watches the connection asks at the same time as whoever watches its instruments: either may be answered first.
    const causes = [
      'silent for 300 ms while the market goes on',
      'binance:BTC-USDT is not heard, though it is traded',
    ];
    await live.until(() =>
      live.logged.some((line) => causes.some((cause) => line.includes(`"cause":"${cause}"`))),
    );
    live.venue.faults.silence = 'none';
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    expect(live.sentIds()).toEqual(everyTradeOf(2));
  });

  it('leaves a connection alone when the market itself is quiet', async () => {
    const live = collectors();
    const collector = await live.listen();
    live.trade(0);
    await sleep(1000);
    await collector.stop();
    expect(live.venue.connectionsMade).toBe(1);
  });

  it('renews a connection before the venue ends it', async () => {
    const live = collectors();
    const collector = await live.listen({ renewAfterMs: 200 });
    for (let second = 0; second < 5; second++) {
      live.trade(second);
      await sleep(120);
    }
    await live.until(() => live.venue.connectionsMade >= 3 && live.sentCount() === 5 * 3 * PER_SECOND);
    await collector.stop();
    expect(live.sentIds()).toEqual(everyTradeOf(5));
    expect(live.logged.some((line) => line.includes('connection lost'))).toBe(false);
  });

  it('passes on what it cannot read, and everything else with it', async () => {
    const live = collectors();
    const collector = await live.listen();
    live.trade(0);
    live.venue.sendToAll('{"stream":"btcusdt@tr');
    live.venue.sendToAll('{"result":null,"id":1}');
    live.trade(1);
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    expect(live.sentIds()).toEqual(everyTradeOf(2));
    const poison = live.writer.trades().flatMap((record) => record.poison);
    expect(poison).toEqual([{ cause: 'not JSON', payload: '{"stream":"btcusdt@tr', instrumentId: null }]);
  });

  it('archives a message that comes again, and does not send its trade again', async () => {
    const live = collectors();
    const collector = await live.listen();
    live.trade(0);
    live.venue.sendToAll(market.messagesOf(FIRST_SECOND)[0]!.message);
    // What comes behind it on the same connection is proof that it has arrived.
    live.trade(1);
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    const archived = [...live.writer.objects().values()].map(({ gzipMember }) =>
      gunzipSync(gzipMember).toString('utf8'),
    );
    const lines = archived.join('').split('\n');
    expect(lines.filter((line) => line.includes('"kind":"ws"'))).toHaveLength(2 * 3 * PER_SECOND + 1);
    expect(live.sentIds()).toEqual(everyTradeOf(2));
  });

  it('promises nothing about the time in which trades are being fetched', async () => {
    const live = collectors();
    live.venue.faults.restDelayMs = 1600;
    await live.listen();
    await live.tradeOn(300);
    live.venue.faults.skips = ({ s }) => s === 'ETHUSDT';
    await live.tradeOn(100);
    live.venue.faults.skips = () => false;
    await live.tradeOn(2000);
    await expectAllInTime(live);
  }, 15_000);

  it('promises nothing about the time in which the line is dead', async () => {
    const live = collectors();
    await live.listen({ answerWithinMs: 1600, silenceMs: 60_000 });
    await live.tradeOn(300);
    live.venue.faults.silence = 'everything';
    await live.tradeOn(1800);
    live.venue.faults.silence = 'none';
    await live.until(() => live.venue.connectionsMade === 2);
    await live.tradeOn(300);
    await expectAllInTime(live);
  }, 15_000);

  it('loses nothing when the venue is slow', async () => {
    const live = collectors();
    live.venue.faults.delayMs = 60;
    live.venue.faults.restDelayMs = 60;
    live.venue.clockAheadMs = 1250;
    const collector = await live.listen();
    live.trade(0);
    live.trade(1);
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    // Only what is sent: the stand-in answers pings at once, so on a busy machine a pong may overtake delayed trades.
    expect(live.sentIds()).toEqual(everyTradeOf(2));
  });

  it('loses nothing when the streams are slow', async () => {
    const live = collectors();
    live.writer.before = async () => sleep(100);
    const collector = await live.listen();
    for (let second = 0; second < 20; second++) live.trade(second);
    await live.until(() => live.sentCount() === 20 * 3 * PER_SECOND);
    await collector.stop();
    expect(live.sentIds()).toEqual(everyTradeOf(20));
  });

  it('stops reading the venue while a stream does not take anything, and goes on when it does', async () => {
    const live = collectors();
    const busy = new SyntheticMarket({ seed: 5, instruments: 3, tradesPerSecond: 20_000 });
    const { promise: opened, resolve: open } = Promise.withResolvers<null>();
    const collector = await live.listen({ answerWithinMs: 5000, silenceMs: 60_000 });
    live.writer.before = async () => {
      await opened;
    };
    for (let from = 0; from < 60_000; from += 1000) {
      live.venue.publish(busy.messagesOf(FIRST_SECOND, from, 1000).map(({ message }) => message));
      await sleep(1);
    }
    await live.until(() =>
      live.logged.some((line) => line.includes('the streams fall behind: the connection is paused')),
    );
    open(null);
    await live.until(() => live.sentCount() === 60_000);
    await collector.stop();
  }, 20_000);

  it('ends with the error when a stream refuses for good', async () => {
    const live = collectors();
    const collector = await live.listen();
    live.writer.before = async () => Promise.reject(new LimitExceeded('too much'));
    live.trade(0);
    await expect(collector.ended).rejects.toThrow('too much');
  });

  it('archives what it received as a capture that holds the same trades', async () => {
    const live = collectors();
    const folder = mkdtempSync(join(tmpdir(), 'millrace-live-'));
    const collector = await live.listen();
    await live.tradeFirstSecond();
    live.venue.dropConnections();
    live.trade(1);
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    const path = join(folder, 'archived.ndjson.gz');
    writeFileSync(
      path,
      Buffer.concat([...live.writer.objects().values()].map(({ gzipMember }) => gzipMember)),
    );
    const { instruments } = await verifyCapture(path);
    const ids = new Set<string>();
    for await (const steps of tapeOfCapture(path)) {
      for (const step of steps)
        if (step.kind === 'trade') ids.add(`${step.trade.instrumentId} ${step.trade.tradeId}`);
    }
    const lines: CaptureMessage[] = [];
    for await (const batch of readCapture(path)) lines.push(...batch);
    rmSync(folder, { recursive: true });
    expect(instruments).toEqual([...market.instrumentIds].sort());
    expect(ids.size).toBe(2 * 3 * PER_SECOND);
    const [session] = new Set(live.writer.trades().map(({ sessionId }) => sessionId));
    expect(new Set(lines.map((line) => line.session))).toEqual(new Set([session]));
    const connectionsOf = (kind: string) => [
      ...new Set(lines.flatMap((line) => (line.kind === kind ? [line.connection] : []))),
    ];
    const run = session!.replace(/-1$/, '');
    expect(connectionsOf('ws')).toEqual([`${run}-c1`]);
    expect(connectionsOf('rest')).toEqual([`${run}-c2`]);
  });
});

describe('the choice of what to listen to', () => {
  it.each([['BTCUSDT'], ['btc-usdt'], ['binance:BTC-USDT']])('understands %s', (symbol) => {
    expect(chooseInstruments('binance', [symbol])).toEqual(['binance:BTC-USDT']);
  });

  it('names each instrument once, in order', () => {
    expect(chooseInstruments('binance', ['ETHUSDT', 'BTC-USDT', 'BTCUSDT'])).toEqual([
      'binance:BTC-USDT',
      'binance:ETH-USDT',
    ]);
  });

  it.each([
    [
      'binance',
      ['BTCUSDT', 'NONSENSE'],
      'live: "NONSENSE" is not a pair of binance, expected one such as BTC-USDT',
    ],
    [
      'binance',
      ['kraken:BTC-USDT'],
      'live: "kraken:BTC-USDT" is not a pair of binance, expected one such as BTC-USDT',
    ],
    ['binance', ['BT-CUSDT'], 'live: "BT-CUSDT" is not a pair of binance, expected one such as BTC-USDT'],
    ['binance', [], 'live: expected 1 to 200 symbols, got 0'],
    [
      'mtgox',
      ['BTCUSDT'],
      'live: exchange "mtgox" is not supported yet (supported: binance, coinbase, kraken)',
    ],
  ])('refuses %s %j', (exchange, symbols, message) => {
    expect(() => chooseInstruments(exchange, symbols)).toThrow(new LiveRefused(message));
  });
});
