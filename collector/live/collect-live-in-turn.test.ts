import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { collectorPositionKey } from '../../shared/contracts/record-keys.ts';
import {
  everyTradeOf,
  FIRST_SECOND,
  liveCollectors,
  PER_SECOND,
} from '../../test/support/live-collectors.ts';

const collectors = liveCollectors();

/** Where connections are counted: a machine that stands still for a moment is no reason for another one. */
const UNHURRIED = { pingAfterMs: 5000, answerWithinMs: 5000, silenceMs: 10_000 };

describe('live collectors, one after the other', () => {
  it('begins where the run before it left off', async () => {
    const live = collectors();
    const first = await live.listen();
    await live.tradeFirstSecond();
    await first.stop();
    live.trade(1);
    const second = await live.listen();
    live.trade(2);
    await live.until(() => live.sentCount() === 3 * 3 * PER_SECOND);
    await second.stop();
    expect(live.sentIds()).toEqual(everyTradeOf(3));
    expect(live.sessions()).toBe(2);
  });

  it('stands by while another listens, and goes on at once where that one stops', async () => {
    const live = collectors();
    const first = await live.listen(UNHURRIED);
    await live.tradeFirstSecond();
    const stop = new AbortController();
    const second = live.start(stop.signal, UNHURRIED);
    live.running.push(async () => {
      stop.abort();
      await second;
    });
    await live.until(() => live.logged.some((line) => line.includes('standing by')));
    live.trade(1);
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    expect(live.venue.connectionsMade).toBe(1);
    await first.stop();
    live.trade(2);
    await live.until(() => live.sentCount() === 3 * 3 * PER_SECOND);
    expect(live.sentIds()).toEqual(everyTradeOf(3));
    expect(live.venue.connectionsMade).toBe(2);
  });

  it('sends its fence down every lane before it fetches or sends anything', async () => {
    const live = collectors();
    const first = await live.listen();
    await live.tradeFirstSecond();
    await first.stop();
    live.trade(1);
    const before = live.writer.trades().length;
    await live.listen();
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    const [claimed, fences] = [live.writer.trades().slice(before, before + 4), live.writer.rawFences()];
    expect(claimed.map(({ lane, trades }) => [lane, trades.length])).toEqual(
      [0, 1, 2, 3].map((n) => [`binance#${n}`, 0]),
    );
    const [old, current] = [live.writer.trades()[0]!.fence!, claimed[0]!.fence!];
    expect(current).toBeGreaterThan(old);
    expect(live.writer.trades().every(({ fence }, at) => fence === (at < before ? old : current))).toBe(true);
    expect([...new Set(fences)]).toEqual([old, current]);
  });

  it('keeps its place where the archive is, so that the next one archives what only this one has', async () => {
    const live = collectors();
    await live.listen();
    await live.tradeFirstSecond();
    const archive = Promise.withResolvers<null>();
    live.writer.before = async (stream) => {
      if (stream === 'raw') await archive.promise;
    };
    live.trade(1);
    await live.until(() => live.sentCount() === 2 * 3 * PER_SECOND);
    await sleep(300);
    const saved = await live.state.get<{ lastTradeIds: Record<string, number> }>(
      'operations',
      collectorPositionKey('live-binance'),
    );
    const last = Math.max(...Object.values(saved!.value.lastTradeIds));
    expect(last).toBeLessThan((FIRST_SECOND + 1) * PER_SECOND);
    archive.resolve(null);
  });
});
