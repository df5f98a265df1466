import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import {
  everyTradeOf,
  FIRST_SECOND,
  liveCollectors,
  PER_SECOND,
} from '../../test/support/live-collectors.ts';

const collectors = liveCollectors();

describe('a live collector that lacks trades', () => {
  it('begins another session when it cannot tell whether trades were missed', async () => {
    const live = collectors();
    const collector = await live.listen();
    await live.tradeFirstSecond();
    live.venue.faults.restStatus = 418;
    live.venue.dropConnections();
    await live.until(() => live.venue.connectionsMade === 2 && live.sessions() > 1);
    await collector.stop();
    const [first, last] = [0, -1].map((n) => live.writer.trades().at(n)!.sessionId);
    expect(last).not.toBe(first);
  });

  it('holds trades behind a gap in the stream until the gap is filled', async () => {
    const live = collectors();
    live.venue.faults.skips = ({ t }) => t % PER_SECOND === 7 || t % PER_SECOND === 8;
    const collector = await live.listen();
    live.trade(0);
    live.trade(1);
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    // Only what is sent: the stand-in answers pings at once, so on a busy machine a pong may overtake delayed trades.
    expect(live.sentIds()).toEqual(everyTradeOf(2));
  });

  it('goes on without trades that the venue does not give, and says which', async () => {
    const live = collectors();
    live.venue.faults.skips = ({ t, s }) => s === 'BTCUSDT' && t % PER_SECOND === 7;
    live.venue.faults.restStatus = 418;
    const collector = await live.listen();
    live.trade(0);
    await live.until(() => live.sentCount() === 3 * PER_SECOND - 1);
    await collector.stop();
    const [bitcoin] = everyTradeOf(1);
    expect(live.sentIds()[0]).toEqual(bitcoin!.filter((id) => id !== 7));
    const missing = live.logged
      .map((line) => JSON.parse(line))
      .filter(({ message }) => message === 'trades are missing');
    const id = FIRST_SECOND * PER_SECOND + 7;
    expect(missing).toEqual([
      expect.objectContaining({
        instrumentId: 'binance:BTC-USDT',
        fromId: id,
        toId: id,
        // Whoever asks first is told so by the venue; the others need not ask.
        cause: expect.stringMatching(/^(HTTP 418: .*|the venue takes no more requests for now)$/),
      }),
    ]);
    // The ids tell what is missing, and of which instrument.
    expect(live.sessions()).toBe(1);
  });

  it('fetches as much as is missing, and tells how far it has come', async () => {
    const live = collectors();
    const busy = new SyntheticMarket({ seed: 5, instruments: 1, tradesPerSecond: 30_000 });
    const collector = await live.listen({ silenceMs: 60_000 });
    live.venue.publish(busy.messagesOf(FIRST_SECOND, 0, 10).map(({ message }) => message));
    await live.until(() => live.sentCount() === 10);
    live.venue.dropConnections();
    live.venue.publish(busy.messagesOf(FIRST_SECOND, 10, 29_000).map(({ message }) => message));
    await live.until(() => live.sentCount() === 29_010);
    await live.until(() => live.logged.some((line) => line.includes('"caught up"')));
    await collector.stop();
    const told = live.logged.map((line) => JSON.parse(line));
    const [caughtUp] = told.filter(({ message, fetched }) => message === 'caught up' && fetched > 0);
    expect(caughtUp).toMatchObject({ venue: 'binance', fetched: 29_000 });
    const progress = told.filter(({ message }) => message === 'catching up');
    expect(progress.length).toBeGreaterThan(0);
    expect(progress.length).toBeLessThan(10);
  }, 20_000);

  it('goes on without what it cannot fetch in time, and says what that is', async () => {
    const live = collectors();
    live.venue.faults.skips = ({ t, s }) => s === 'BTCUSDT' && t % PER_SECOND === 7;
    live.venue.faults.restStatus = 503;
    const collector = await live.listen({ catchUpWithinMs: 400 });
    live.trade(0);
    await live.until(() => live.sentCount() === 3 * PER_SECOND - 1);
    await collector.stop();
    const id = FIRST_SECOND * PER_SECOND + 7;
    expect(live.logged.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ message: 'trades are missing', fromId: id, toId: id, tradesMissing: 1 }),
    );
  });

  it('waits out a venue that stumbles for longer than a moment', async () => {
    const live = collectors();
    const collector = await live.listen();
    await live.tradeFirstSecond();
    live.venue.faults.restStatus = 503;
    live.venue.dropConnections();
    live.trade(1);
    await sleep(1500);
    live.venue.faults.restStatus = 200;
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    await collector.stop();
    expect(live.sentIds()).toEqual(everyTradeOf(2));
    expect(live.sessions()).toBe(1);
  });
});
