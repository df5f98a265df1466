import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { CaptureMessage } from '../../shared/contracts/capture.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { SourceArchive } from './source-archive.ts';

const log = createLog({ write: () => undefined }, 'error');

function message(line: number, exchange: Exchange): CaptureMessage {
  return {
    line,
    exchange,
    receivedAtNs: '1723161254000000000',
    kind: 'ws',
    url: '',
    message: '',
    text: `${line}`,
  };
}

function archived(writer: RecordingStreamWriter): [string, string][] {
  return [...writer.objects()].map(([key, { gzipMember }]) => [key, gunzipSync(gzipMember).toString('utf8')]);
}

describe('the archive of a source', () => {
  it('keeps each exchange by itself', async () => {
    const writer = new RecordingStreamWriter();
    const archive = new SourceArchive({ writer, sourceId: 'capture-1', log, from: {}, firstLine: 1 });
    for (let line = 1; line <= 4; line++)
      await archive.add(message(line, line % 2 === 0 ? 'kraken' : 'binance'));
    await archive.finish();
    expect(archived(writer).sort()).toEqual([
      ['raw/binance/2024-08-08/capture-1-00000000.ndjson.gz', '1\n3\n'],
      ['raw/kraken/2024-08-08/capture-1-00000000.ndjson.gz', '2\n4\n'],
    ]);
    expect(archive.positions()).toEqual({
      binance: { chunk: 1, firstLine: 4 },
      kraken: { chunk: 1, firstLine: 5 },
    });
  });

  it('goes on with each exchange where it was left, whatever is read again', async () => {
    const writer = new RecordingStreamWriter();
    const from = { binance: { chunk: 3, firstLine: 5 }, kraken: { chunk: 1, firstLine: 2 } };
    const archive = new SourceArchive({ writer, sourceId: 'capture-1', log, from, firstLine: 4 });
    for (let line = 1; line <= 6; line++)
      await archive.add(message(line, line % 2 === 0 ? 'kraken' : 'binance'));
    await archive.finish();
    expect(archived(writer).sort()).toEqual([
      ['raw/binance/2024-08-08/capture-1-00000003.ndjson.gz', '5\n'],
      ['raw/kraken/2024-08-08/capture-1-00000001.ndjson.gz', '2\n4\n6\n'],
    ]);
  });

  it('wants to be read from where something is neither durable nor sent', () => {
    const from = { binance: { chunk: 3, firstLine: 5 }, kraken: { chunk: 1, firstLine: 2 } };
    expect(SourceArchive.firstLineOf(from, 4)).toBe(2);
    expect(SourceArchive.firstLineOf(from, 1)).toBe(1);
    expect(SourceArchive.firstLineOf({}, 7)).toBe(7);
  });
});
