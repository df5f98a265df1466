import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Totals } from '../../embedded/totals.ts';
import type { QuarantineRecord } from '../../shared/contracts/records.ts';
import { openStorage } from '../../embedded/storage.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import { runMillrace } from './run-millrace.ts';
import { FIRST_SECOND, syntheticLines, writeCapture } from './write-capture.ts';

const INSTRUMENT = 'binance:BTC-USDT';
/** 10,000 trades in 20 seconds; this one lies in the tenth. */
const POISONED_LINE = 4_700;

describe('ten thousand trades of which one is poisoned', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-poison-'));
  const dataDir = join(folder, 'data');
  const capture = join(folder, 'poisoned.ndjson.gz');
  const start = ['start', '--replay', capture, '--once', '--data-dir', dataDir];
  let truePrice = '';
  let poison: QuarantineRecord;

  beforeAll(() => {
    const lines = syntheticLines({ seed: 7, instruments: 1, tradesPerSecond: 500 }, 20);
    lines[POISONED_LINE] = lines[POISONED_LINE]!.replace(
      /(\\"p\\":\\")([\d.]+)(\\")/,
      (_, before: string, price: string, after: string) => {
        truePrice = price;
        return `${before}not a price${after}`;
      },
    );
    writeCapture(capture, lines);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('land but for that one, which is set aside with its cause, and nothing is held up', async () => {
    const run = await runMillrace(start);
    expect(run).toMatchObject({ code: 0 });
    expect(JSON.parse(run.stdout)).toMatchObject({
      trades: 9_999,
      quarantined: 1,
      candles: 20,
    } satisfies Partial<Totals>);
    const listed = JSON.parse(
      (await runMillrace(['quarantine', 'list', '--data-dir', dataDir])).stdout,
    ) as QuarantineRecord[];
    poison = listed[0]!;
    expect(listed).toHaveLength(1);
    expect(poison).toMatchObject({ kind: 'trade', instrumentId: INSTRUMENT, functionName: 'store-trades' });
    expect(poison.cause).toBe('price: expected a decimal above zero, got "not a price"');
    expect((JSON.parse(poison.payload) as { row: unknown[] }).row).toHaveLength(7);
  }, 60_000);

  it('is refused when it is sent again as it was', async () => {
    const run = await runMillrace(['quarantine', 'redrive', '--id', poison.id, '--data-dir', dataDir]);
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject([{ outcome: 'still-bad', detail: poison.cause }]);
  }, 60_000);

  it('lands once when it is mended, as a revision beside the candle that had closed without it', async () => {
    const price = truePrice.replace(/0+$/, '').replace(/\.$/, '');
    const redrive = [
      'quarantine',
      'redrive',
      '--id',
      poison.id,
      '--fix',
      JSON.stringify({ price }),
      '--data-dir',
      dataDir,
    ];
    expect(JSON.parse((await runMillrace(redrive)).stdout)).toMatchObject([{ outcome: 'redriven' }]);
    expect(JSON.parse((await runMillrace(redrive)).stdout)).toMatchObject([{ outcome: 'redriven-before' }]);
    const totals = JSON.parse((await runMillrace(['state', '--data-dir', dataDir])).stdout) as Totals;
    expect(totals).toMatchObject({ trades: 10_000, quarantined: 0, candles: 20 });

    const storage = await openStorage(dataDir, { mustExist: true });
    try {
      const openTimeMs = (FIRST_SECOND + Math.floor(POISONED_LINE / 501)) * 1000;
      const [first] = await storage.candles.asFirstClosed(INSTRUMENT, '1s', openTimeMs, openTimeMs + 1, 1);
      const revised = await storage.candles.latestRevision(INSTRUMENT, '1s', openTimeMs);
      expect(first).toMatchObject({ revision: 0, tradeCount: 499, complete: false });
      expect(revised).toMatchObject({ revision: 1, tradeCount: 500, complete: true });
      expect(revised!.high).toBeGreaterThanOrEqual(decimal(price));
      expect(revised!.volume).toBeGreaterThan(first!.volume);
    } finally {
      await storage.close();
    }
  }, 120_000);
});

describe('more poison than one page of the quarantine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-much-poison-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is sent again as a whole when no one is named', async () => {
    const dataDir = join(folder, 'data');
    const capture = join(folder, 'capture.ndjson.gz');
    const lines = syntheticLines({ seed: 7, instruments: 1, tradesPerSecond: 1100 }, 1);
    writeCapture(
      capture,
      lines.map((line) => line.replace(/(\\"p\\":\\")[\d.]+/, '$1none')),
    );
    const started = await runMillrace(['start', '--replay', capture, '--once', '--data-dir', dataDir]);
    expect(JSON.parse(started.stdout)).toMatchObject({ trades: 0, quarantined: 1100 });
    const { code, stdout } = await runMillrace(['quarantine', 'redrive', '--data-dir', dataDir]);
    const outcomes = JSON.parse(stdout) as { outcome: string }[];
    expect(outcomes.filter(({ outcome }) => outcome === 'still-bad')).toHaveLength(1100);
    expect(code).toBe(1);
  }, 60_000);
});
