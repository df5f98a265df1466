import { describe, expect, it } from '@jest/globals';
import { binance } from '../../shared/adapters/exchanges/binance/venue.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { SimulatedTime } from '../../test/support/simulated-time.ts';
import { CatchUp } from './catch-up.ts';
import type { FetchedText } from './fetch-text.ts';
import { InstrumentFeed } from './instrument-feed.ts';
import { LiveConsensus } from './live-consensus.ts';
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

const never = async (): Promise<FetchedText> => new Promise(() => undefined);
const told = async (rows: readonly unknown[]): Promise<FetchedText> =>
  Promise.resolve({ kind: 'text', text: JSON.stringify(rows) });
const ANSWERED_WITHIN_MS = 10;

/** A venue that answers so, and instruments whose last trade was the tenth. */
function venueThat(answers: (url: URL) => Promise<FetchedText>, instruments = [BITCOIN, ETHER]) {
  const time = new SimulatedTime(0);
  const process = time.process();
  const writer = new RecordingStreamWriter();
  const logged: string[] = [];
  const log = createLog({ write: (line) => logged.push(line) }, 'warn');
  const onFailure = (error: unknown): never => {
    throw error;
  };
  const url = 'ws://localhost';
  const from = { writer, exchange: 'binance', url, sourceId: 'live', fence: 1 } as const;
  const consensus = new LiveConsensus();
  const outlet = new LiveOutlet({ ...from, consensus, time: process, log, flushAfterMs: 5, onFailure });
  outlet.beginSession('session');
  const feeds = instruments.map(
    (id) => new InstrumentFeed(id, { tradeId: 10, timeMs: 1010 }, outlet, process),
  );
  const catchUp = new CatchUp(
    {
      exchange: 'binance',
      backfill: binance.live!.backfill,
      decoder: binance.decoder(),
      restEndpoint: 'http://localhost',
      fetch: async ({ url }) => {
        await time.sleep(ANSWERED_WITHIN_MS);
        return answers(new URL(url));
      },
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
  const run = (feed: InstrumentFeed): void =>
    void catchUp.run(feed, 'connection', false, new AbortController().signal);
  const sentIds = () => writer.trades().flatMap(({ trades }) => trades.map(({ tradeId }) => tradeId));
  return { time, writer, feeds, bring, run, sentIds, warnings };
}

describe('catching up with a venue that does not answer', () => {
  it('holds so many trades of all instruments, and no more: whoever holds most goes on without', async () => {
    const { time, feeds, bring, sentIds, warnings } = venueThat(never);
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
    expect(sentIds()).toEqual(Array.from({ length: 5000 }, (_, n) => 21 + n));
  });
});

describe('catching up with a venue that lags', () => {
  const rowOf = (id: number, time: number) => ({ id, price: '1', qty: '1', time, isBuyerMaker: true });

  it('asks one that counts anew behind the last number and from the beginning, without a pause between', async () => {
    const { time, feeds, bring, run, sentIds } = venueThat(async (url) =>
      told(url.searchParams.get('fromId') === '0' ? [0, 1, 2, 3].map((id) => rowOf(id, 2000 + id)) : []),
    );
    const [bitcoin] = feeds as [InstrumentFeed];
    await time.pass(2010);
    bitcoin.receive({ ...trade(BITCOIN, 3), timeMs: 2003, receivedAtMs: 2010 }, null);
    bring(bitcoin, 3);
    run(bitcoin);
    await time.pass(50);
    expect(bitcoin.isCatchingUp).toBe(false);
    expect(sentIds()).toEqual([0, 1, 2, 3]);
  });

  it('lets others ask while instruments wait for what the venue has not yet', async () => {
    const [last, ...waiting] = ['BTC', 'ETH', 'SOL', 'XRP', 'ADA', 'DOGE', 'LTC', 'BNB'].map(
      (base) => `binance:${base}-USDT`,
    ) as [string];
    const { time, feeds, run, sentIds } = venueThat(
      async (url) => told(url.searchParams.get('symbol') === 'BTCUSDT' ? [rowOf(11, 1011)] : []),
      [...waiting, last],
    );
    for (const feed of feeds) {
      feed.receive(trade(feed.instrumentId, 12), null);
      run(feed);
    }
    await time.pass(60);
    expect(sentIds()).toEqual([11, 12]);
  });
});
