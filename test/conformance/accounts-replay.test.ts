/** Two accounts over a recorded market, one whose orders fill in parts: the chain and the engine come to the same, byte for byte. */
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { openPlatform } from '../../embedded/platform.ts';
import { bookRecordOf } from '../../shared/contracts/ledger-records.ts';
import { booksPartition } from '../../shared/contracts/record-keys.ts';
import type { BookRecord } from '../../shared/contracts/records.ts';
import { plainAccount, type Account } from '../../shared/domain/accounts/account.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { compareText } from '../../shared/domain/compare-text.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import { openAccount } from '../../shared/runtime/accounts.ts';
import { readIndex } from '../../shared/runtime/all-pages.ts';
import { chainOver, engineOver } from '../platform/chain-and-engine.ts';
import { aStrategy } from '../support/strategy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

const CAPTURE = `${dataFolder}captures/binance-spot-btcusdt-2024-08-09.ndjson.gz`;

const { paper } = plainAccount('thin');
/** Has a tenth of each trade, pays for its part of it, and is late by some of 120 ms. */
const THIN: Account = {
  accountId: 'thin',
  venue: 'paper',
  paper: {
    ...paper,
    makerFee: decimal('0.0002'),
    takerFee: decimal('0.0007'),
    slippage: { kind: 'volume-share', impact: decimal('0.1') },
    latency: { baseMs: 40, jitterMs: 80, seed: 7 },
    fill: { ...paper.fill, volumeCap: decimal('0.1') },
  },
};
const ofAccount = { byAccount: ['feeRate', 'slippage'], feeRate: '0.0007', slippage: '0' } as const;
const INSTANCES = [
  aStrategy({ interval: '1s' }),
  aStrategy({ interval: '1s', params: { fastPeriod: 3, slowPeriod: 9 } }),
  aStrategy({ interval: '1s', accountId: 'thin', ...ofAccount }),
  aStrategy({ interval: '1s', accountId: 'thin', ...ofAccount, params: { fastPeriod: 3, slowPeriod: 9 } }),
];

const inOrder = <T extends { readonly clientOrderId: string }>(
  items: readonly T[],
  keyOf: (item: T) => string,
) => items.toSorted((a, b) => compareText(keyOf(a), keyOf(b)));

describeConformance('two accounts over a recorded market', () => {
  it('trade through the chain as through the engine: the same signals, orders in parts, fills and books', async () => {
    const platform = await openPlatform({
      dataDir: join(temporaryFolder(), 'data'),
      use: { market: 'real' },
      time: 'tape',
    });
    try {
      const { state } = platform.storage;
      await openAccount(state, THIN, 0);
      const live = await chainOver(platform, CAPTURE, INSTANCES);
      const run = await engineOver(CAPTURE, live.instances);
      const parts = Map.groupBy(live.fills, ({ clientOrderId }) => clientOrderId);
      const inParts = live.orders.filter(({ clientOrderId }) => (parts.get(clientOrderId)?.length ?? 0) > 1);
      expect(inParts.length).toBeGreaterThan(10);
      expect(new Set(inParts.map(({ accountId }) => accountId))).toEqual(new Set(['thin']));
      expect(new Set(live.orders.map(({ accountId }) => accountId))).toEqual(new Set(['paper', 'thin']));

      const idOf = ({ clientOrderId }: { readonly clientOrderId: string }) => clientOrderId;
      expect(canonicalJson(inOrder(live.orders, idOf))).toBe(canonicalJson(inOrder(run.orders, idOf)));
      const fillOf = ({ fillId }: { readonly fillId: string }) => fillId;
      expect(canonicalJson(inOrder(live.fills, fillOf))).toBe(canonicalJson(inOrder(run.fills, fillOf)));
      const bySignal = (signals: typeof live.signals) =>
        signals.toSorted((a, b) => compareText(a.signalId, b.signalId));
      expect(canonicalJson(bySignal(live.signals))).toBe(canonicalJson(bySignal(run.signals)));

      const books = [
        ...(await readIndex<BookRecord>(state, 'portfolio', booksPartition('paper'))),
        ...(await readIndex<BookRecord>(state, 'portfolio', booksPartition('thin'))),
      ].toSorted((a, b) => compareText(a.strategyId, b.strategyId));
      const ofEngine = run.books
        .map(bookRecordOf)
        .toSorted((a, b) => compareText(a.strategyId, b.strategyId));
      expect(canonicalJson(books)).toBe(canonicalJson(ofEngine));
    } finally {
      await platform.close();
    }
  }, 120_000);
});
