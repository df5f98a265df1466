import { describe, expect, it } from '@jest/globals';
import { binance } from '../../shared/adapters/exchanges/binance/venue.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { SimulatedTime } from '../../test/support/simulated-time.ts';
import { CatchUp } from './catch-up.ts';
import type { FetchedText } from './fetch-text.ts';
import { InstrumentFeed } from './instrument-feed.ts';
import { LiveOutlet } from './live-outlet.ts';

const BITCOIN = 'binance:BTC-USDT';
const ETHER = 'binance:ETH-USDT';
const MAX_HELD = 3000;

const trade = (instrumentId: string, id: number) => ({
  kind: 'trade' as const,
  instrumentId,
  tradeId: String(id),
  price: '1',
  quantity: '1',
  takerSide: 'B',
  timeMs: 1000 + id,
  receivedAtMs: 1000 + id,
});

/** A venue that never answers, and two instruments that lack trades. */
function withoutAnswers() {
  const time = new SimulatedTime(0);
  const process = time.process();
  const writer = new RecordingStreamWriter();
  const logged: string[] = [];
  const log = createLog({ write: (line) => logged.push(line) }, 'warn');
  const onFailure = (error: unknown): never => {
    throw error;
  };
  const from = { writer, exchange: 'binance', sourceId: 'live', fence: 1 };
  const outlet = new LiveOutlet({ ...from, time: process, log, flushAfterMs: 5, onFailure });
  outlet.beginSession('session');
  const feeds = [BITCOIN, ETHER].map(
    (id) => new InstrumentFeed(id, { tradeId: 10, timeMs: null }, outlet, process),
  );
  const catchUp = new CatchUp(
    {
      exchange: 'binance',
      backfill: binance.live!.backfill,
      decoder: binance.decoder(),
      restEndpoint: '',
      fetch: async () => new Promise<FetchedText>(() => undefined),
      outlet,
      time: process,
      log,
      lagMs: 100,
      venueNowMs: () => process.nowMs(),
      withinMs: 600_000,
      maxHeld: MAX_HELD,
      onDoubt: () => undefined,
    },
    () => feeds,
  );
  const bring = (feed: InstrumentFeed, id: number): void => {
    feed.receive(trade(feed.instrumentId, id), null);
    if (feed.isCatchingUp) catchUp.bound();
  };
  const warnings = () => logged.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { time, writer, feeds, bring, warnings };
}

describe('catching up with a venue that does not answer', () => {
  it('holds so many trades of all instruments, and no more: whoever holds most goes on without', async () => {
    const { time, writer, feeds, bring, warnings } = withoutAnswers();
    const [bitcoin, ether] = feeds as [InstrumentFeed, InstrumentFeed];
    let most = 0;
    for (let n = 0; n < 5000; n++) {
      bring(bitcoin, 21 + n);
      if (n % 10 === 0) bring(ether, 31 + n / 10);
      most = Math.max(most, bitcoin.heldCount + ether.heldCount);
    }
    await time.pass(1000);
    expect(most).toBeLessThanOrEqual(MAX_HELD + 1000);
    expect([bitcoin.isCatchingUp, ether.isCatchingUp]).toEqual([false, true]);
    expect(warnings()).toMatchObject([
      { message: 'trades are missing', instrumentId: BITCOIN, fromId: 11, toId: 20, tradesMissing: 10 },
    ]);
    const sent = writer.trades().flatMap(({ trades }) => trades.map(({ tradeId }) => tradeId));
    expect(sent).toEqual(Array.from({ length: 5000 }, (_, n) => 21 + n));
  });
});
