/** Small made-up captures of kinds that users of such systems have reported. */
import { expect, it } from '@jest/globals';
import { tapeOfCapture } from '../../collector/tape/tape-of-capture.ts';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { formatDecimal } from '../../shared/domain/decimal.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

const pathOf = (name: string): string => `${dataFolder}cases/${name}.ndjson.gz`;

describeConformance('cases that were reported', () => {
  it('symbols without a catalogue part where both codes are known', async () => {
    const { instruments, tally } = await verifyCapture(pathOf('02-quote-assets'));
    expect(instruments).toEqual(
      expect.arrayContaining([
        'binance:BTC-AEUR',
        'binance:EUR-AEUR',
        'binance:T-USDT',
        'binance:1000SHIB-USDT',
        'binance:TUSD-TRY',
        'binance:BTC-U',
      ]),
    );
    expect(instruments).not.toContain('binance:BTCA-EUR');
    const setAside = tally.setAside.reduce((sum, { count }) => sum + count, 0);
    expect([tally.messages, tally.trades + setAside]).toEqual([22, 22]);
  });

  it('numbers that were written anew are read from their digits, and the rest is set aside with its cause', async () => {
    const read: string[] = [];
    for await (const steps of tapeOfCapture(pathOf('08-numbers-reencoded')))
      for (const step of steps)
        if (step.kind === 'trade')
          read.push(
            `${step.trade.instrumentId} ${formatDecimal(step.trade.price)} ${formatDecimal(step.trade.quantity)}`,
          );
    expect(read).toEqual([
      'binance:BTC-USDT 60000.1 0.01',
      'binance:PEPE-USDT 0.0000001 3000000',
      'binance:PEPE-USDT 0.0000001 3000000',
      'binance:BTC-USDT 60000.2 0.01',
    ]);
    const { tally } = await verifyCapture(pathOf('08-numbers-reencoded'));
    expect(tally.setAside).toEqual([
      {
        what: 'trade with an unusable aggressor',
        count: 1,
        cause: 'aggressor: expected B or S, got "false"',
        firstAt: 5,
      },
    ]);
  });
});
