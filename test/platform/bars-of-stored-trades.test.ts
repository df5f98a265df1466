/** Bars over REST out of the real ClickHouse, whose sums they rest on. */
import { beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHandler as readMarket } from '../../lambdas/api/read-market/handler.ts';
import { ClickHouseTradeStore } from '../../shared/adapters/clickhouse/clickhouse-trade-store.ts';
import { migrate } from '../../shared/adapters/clickhouse/migrate.ts';
import { barViewOf } from '../../shared/contracts/bar-views.ts';
import type { ReceivedTrade } from '../../shared/contracts/lane-rows.ts';
import { parseBarRule } from '../../shared/domain/candles/bar-rule.ts';
import { formatDecimal } from '../../shared/domain/decimal.ts';
import { freshInstrument } from '../contracts/suites/trade-store.ts';
import { barsPlainly } from '../support/bars-plainly.ts';
import { leavePartsApart } from '../support/leave-parts-apart.ts';
import { MemoryCandleStore } from '../../shared/adapters/memory/memory-candle-store.ts';
import { MemoryQualityStore } from '../../shared/adapters/memory/memory-quality-store.ts';
import { MemoryQuoteStore } from '../../shared/adapters/memory/memory-quote-store.ts';
import { openMemoryState } from '../support/memory-state.ts';
import { restClient } from '../support/rest-client.ts';
import { runningClickHouse } from '../support/running-clickhouse.ts';

const DAY = 86_400_000;
/** A minute before 2024-08-10T00:00:00Z. */
const START = 1_723_248_000_000 - 60_000;

const client = runningClickHouse();
beforeAll(async () => {
  await migrate(client());
  await leavePartsApart(client(), 'trades');
});

const tapes = fc.array(
  fc.record({
    price: fc.bigInt({ min: 1n, max: 10n ** 17n }),
    quantity: fc.bigInt({ min: 1n, max: 10n ** 13n }),
    afterMs: fc.oneof(fc.nat(500), fc.nat(30_000), fc.nat(DAY)),
    again: fc.boolean(),
  }),
  { minLength: 1, maxLength: 80 },
);
const sizes = fc.bigInt({ min: 1n, max: 10n ** 14n });
const rules = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((size) => `tick:${size}`),
  sizes.map((size) => `volume:${formatDecimal(size)}`),
  sizes.map((size) => `dollar:${formatDecimal(size * 10_000n)}`),
);

it('bars of stored trades are exact, page by page, though trades were stored twice and out of order', async () => {
  const trades = new ClickHouseTradeStore(client());
  const call = restClient(
    readMarket({
      trades,
      candles: new MemoryCandleStore(),
      quotes: new MemoryQuoteStore(),
      quality: new MemoryQualityStore(),
      state: openMemoryState(),
    }),
  );
  await fc.assert(
    fc.asyncProperty(tapes, rules, fc.integer({ min: 1, max: 20 }), async (made, by, limit) => {
      const instrumentId = freshInstrument();
      const [exchange, pair] = instrumentId.split(':') as [string, string];
      let timeMs = START;
      const tape = made.map(({ price, quantity, afterMs }, tradeId): ReceivedTrade => {
        timeMs += afterMs;
        const takerSide = tradeId % 3 === 0 ? 'BUY' : 'SELL';
        return { instrumentId, tradeId, timeMs, price, quantity, takerSide, receivedAtMs: timeMs };
      });
      await trades.insert(tape.toReversed(), { mayRepeat: false });
      const again = tape.filter((_, n) => made[n]!.again);
      if (again.length > 0) await trades.insert(again, { mayRepeat: false });
      const rule = parseBarRule(by)!;
      const found: unknown[] = [];
      let next: string | null | undefined;
      for (let page = 0; page < 200 && next !== null; page++) {
        const query = {
          exchange,
          bars: by,
          limit: String(limit),
          ...(next === undefined ? {} : { after: next }),
        };
        const { body } = await call('GET /v1/bars/{pair}', { path: { pair }, query });
        found.unshift(...body.items);
        next = body.next;
      }
      expect([found, next]).toEqual([barsPlainly(tape, rule).map((bar) => barViewOf(bar, rule)), null]);
    }),
    { numRuns: 25 },
  );
}, 120_000);
