import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readCapture, verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { binance } from '../../shared/adapters/exchanges/binance/venue.ts';
import { receivedAtMs } from '../../shared/contracts/capture.ts';
import { readToldTrade } from '../../shared/contracts/lane-rows.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

const captures = `${dataFolder}captures/`;

describeConformance('recorded captures', () => {
  it('are captures, all of them', async () => {
    const files = readdirSync(captures).sort();
    const described = await Promise.all(files.map(async (file) => verifyCapture(`${captures}${file}`)));
    expect(described.map(({ lines, exchanges }) => [lines, ...exchanges])).toEqual([
      [99_574, 'binance'],
      [269, 'binance'],
      [1238, 'binance'],
      [253, 'coinbase'],
      [4348, 'kraken'],
    ]);
  });

  it('of Binance give every trade, without a gap and in the order of their times', async () => {
    const ids: number[] = [];
    const times: number[] = [];
    for await (const messages of readCapture(`${captures}binance-spot-btcusdt-2024-08-09.ndjson.gz`)) {
      for (const message of messages) {
        for (const event of binance.decoder().read(message, receivedAtMs(message.receivedAtNs))) {
          expect(event.kind).not.toBe('malformed');
          if (event.kind !== 'trade') continue;
          const read = readToldTrade(event);
          if (typeof read === 'string') throw new Error(read);
          ids.push(read.tradeId);
          times.push(read.timeMs);
        }
      }
    }
    expect(ids).toEqual(Array.from({ length: 19_904 }, (_, n) => 3_735_683_259 + n));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});
