import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { formatCaptureLine, type CaptureMessage } from '../../contracts/capture.ts';
import { BadCapture, readCapture, refuseUnreadable, verifyCapture } from './capture-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-capture-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PATH = join(folder, 'capture.ndjson.gz');

function line(change: Readonly<Record<string, unknown>> = {}): string {
  const message =
    '{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT","t":1,"p":"1","q":"1","T":1,"m":true}}';
  return JSON.stringify({
    receivedAtNs: '1723161253937085768',
    exchange: 'binance',
    kind: 'ws',
    url: 'wss://stream.binance.com:9443/stream',
    message,
    ...change,
  });
}

function write(content: string | Uint8Array): string {
  writeFileSync(PATH, content);
  return PATH;
}

const writeLines = (...lines: readonly string[]): string => write(gzipSync(lines.join('\n')));

async function readAll(path: string, fromLine = 1): Promise<CaptureMessage[]> {
  const messages: CaptureMessage[] = [];
  for await (const batch of readCapture(path, { fromLine })) messages.push(...batch);
  return messages;
}

async function complaint(path: string): Promise<string> {
  try {
    refuseUnreadable(await verifyCapture(path));
  } catch (error) {
    if (!(error instanceof BadCapture)) throw error;
    expect(error.message).not.toContain('\n');
    return error.message.replace(folder, '');
  }
  throw new Error('expected a complaint');
}

describe('a capture that is read', () => {
  it('gives every line with its number, whole and in parts', async () => {
    expect(await readAll(writeLines(line(), line({ kind: 'rest' })))).toEqual([
      { line: 1, text: line(), ...(JSON.parse(line()) as object) },
      { line: 2, text: line({ kind: 'rest' }), ...(JSON.parse(line({ kind: 'rest' })) as object) },
    ]);
  });

  it('says of each message to which session and connection it belongs, where the line does', async () => {
    const named = { session: 'live-1', connection: 'live-1-c2' };
    const [both, one, numbered, none] = await readAll(
      writeLines(line(named), line({ session: 's' }), line({ session: 1, connection: 2 }), line()),
    );
    expect(both).toMatchObject(named);
    expect([one!.session, one!.connection]).toEqual(['s', undefined]);
    expect(numbered).toMatchObject({ session: '1', connection: '2' });
    expect(none).not.toHaveProperty('session');
    expect(formatCaptureLine(both!)).toBe(
      line().replace('"message":', '"session":"live-1","connection":"live-1-c2","message":'),
    );
  });

  it('keeps the order and the numbers over many blocks, from whichever line on', async () => {
    const lines = Array.from({ length: 9000 }, (_, n) => line({ url: `wss://${n}/${'x'.repeat(n % 97)}` }));
    const path = writeLines(...lines, '');
    for (const from of [1, 2, 4567, 9000, 9001]) {
      const messages = await readAll(path, from);
      expect(messages.map(({ text }) => text)).toEqual(lines.slice(from - 1));
      expect(messages.map((message) => message.line)).toEqual(lines.map((_, n) => n + 1).slice(from - 1));
    }
  });

  it('may be several gzip files one behind the other, as the archive writes them', async () => {
    const path = write(Buffer.concat([gzipSync(`${line()}\n`), gzipSync(`${line({ kind: 'rest' })}\n`)]));
    expect((await readAll(path)).map(({ kind }) => kind)).toEqual(['ws', 'rest']);
  });

  it('may hold kinds and fields that nobody knows yet', async () => {
    const path = writeLines(line({ kind: 'fix', further: { field: 1 } }), line());
    expect(await verifyCapture(path)).toMatchObject({ lines: 2, instruments: ['binance:BTC-USDT'] });
  });

  it('may hold heartbeats as text or as they are', async () => {
    const path = writeLines(
      line({ kind: 'heartbeat', message: '{"venueTimeMs":5}' }),
      line({ kind: 'heartbeat', message: { venueTimeMs: 5 } }),
    );
    expect((await readAll(path)).map(({ message }) => message)).toEqual([
      '{"venueTimeMs":5}',
      '{"venueTimeMs":5}',
    ]);
  });

  it('gives back the text it was written from', () => {
    expect(formatCaptureLine(JSON.parse(line()) as CaptureMessage)).toBe(line());
  });
});

describe('a capture that is verified', () => {
  it('is described', async () => {
    const path = writeLines(
      line(),
      line({ exchange: 'kraken', message: '{}' }),
      line({ kind: 'rest', message: '[]' }),
    );
    const bytes = gzipSync(
      [line(), line({ exchange: 'kraken', message: '{}' }), line({ kind: 'rest', message: '[]' })].join('\n'),
    );
    expect(await verifyCapture(path)).toMatchObject({
      path,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      lines: 3,
      exchanges: ['binance', 'kraken'],
      instruments: ['binance:BTC-USDT'],
      firstReceivedAtMs: 1_723_161_253_937,
      firstLineOf: new Map([['real', 1]]),
    });
  });

  it('may have a message behind a later one, here and there: clocks are set, and connections made anew', async () => {
    const received = (ms: number): string => line({ receivedAtNs: `${1_723_161_253_000 + ms}000000` });
    const late = Array.from({ length: 12 }, (_, i) => [received(i * 60_000), received(i * 60_000 - 59_000)]);
    expect(await verifyCapture(writeLines(...late.flat()))).toMatchObject({ lines: 24 });
  });

  it('is not blamed for a message that makes no sense', async () => {
    expect(await verifyCapture(writeLines(line({ message: 'nonsense' }), line()))).toMatchObject({
      lines: 2,
      instruments: ['binance:BTC-USDT'],
    });
  });
});

describe('a file that is no capture is told apart:', () => {
  it('one that is missing', async () => {
    expect(await complaint(join(folder, 'absent.gz'))).toBe(
      '/absent.gz: cannot be read (no such file or folder)',
    );
  });

  it('a folder', async () => {
    mkdirSync(join(folder, 'folder'));
    expect(await complaint(join(folder, 'folder'))).toBe('/folder: cannot be read (a folder is there)');
  });

  it('one that is empty', async () => {
    expect(await complaint(write(''))).toBe('/capture.ndjson.gz: is empty');
  });

  it('one with nothing in it', async () => {
    expect(await complaint(writeLines(''))).toBe('/capture.ndjson.gz: is empty, expected lines of a capture');
  });

  it('one in which nothing can be read, with what there is and why', async () => {
    const aggregate = line({ message: '{"e":"aggTrade","E":5,"s":"BTCUSDT"}' });
    expect(await complaint(writeLines(aggregate, line({ message: '}' }), aggregate))).toBe(
      '/capture.ndjson.gz: nothing in it can be read, expected trades of a venue: 3 messages, 0 trades; ' +
        'set aside: 2 aggTrade (this channel is not read, first in line 1); 1 malformed (not JSON, first in line 2)',
    );
  });

  it('one that is not compressed', async () => {
    expect(await complaint(write(line()))).toBe('/capture.ndjson.gz: is not a gzip file');
  });

  it('one that was cut off', async () => {
    const whole = gzipSync(Array.from({ length: 500 }, (_, n) => line({ url: String(n) })).join('\n'));
    const expected = '/capture.ndjson.gz: is truncated: the gzip data ends too early';
    for (const length of [3, 20, whole.length >> 1, whole.length - 1]) {
      expect(await complaint(write(whole.subarray(0, length)))).toBe(expected);
    }
  });

  it('one that was damaged', async () => {
    const bytes = gzipSync(line());
    bytes[bytes.length - 6]! ^= 0xff;
    expect(await complaint(write(bytes))).toBe('/capture.ndjson.gz: is damaged: incorrect data check');
  });

  it('one that is not text', async () => {
    expect(await complaint(write(gzipSync(Buffer.from([0x7b, 0xff, 0xfe, 0x0a]))))).toBe(
      '/capture.ndjson.gz: line 1: expected UTF-8 text',
    );
    const bytes = Buffer.concat([
      Buffer.from(`${line()}\n${line({ url: 'wss://é' })}\n{`),
      Buffer.from([0xff, 0x0a]),
    ]);
    expect(await complaint(write(gzipSync(bytes)))).toBe('/capture.ndjson.gz: line 3: expected UTF-8 text');
  });

  it('one that begins with a mark that nobody sees', async () => {
    expect(await complaint(writeLines(`\uFEFF${line()}`))).toBe(
      '/capture.ndjson.gz: line 1: begins with a byte order mark: expected none',
    );
  });

  it('one with a line that does not end', async () => {
    const long = write(
      gzipSync(Buffer.concat([Buffer.from(`${line()}\n`), Buffer.alloc(33 * 2 ** 20, 'x')])),
    );
    expect(await complaint(long)).toBe('/capture.ndjson.gz: line 2: is longer than 33554432 bytes');
  });

  it('one in another order than it was received', async () => {
    const received = (second: number): string => line({ receivedAtNs: `${1_723_161_253 + second}000000000` });
    const seconds = Array.from({ length: 40 }, (_, i) => i);
    expect(await complaint(writeLines(...seconds.map(received).reverse()))).toBe(
      '/capture.ndjson.gz: line 18: received 1 s before line 17: expected messages oldest first',
    );
    expect(await complaint(writeLines(received(86_400), received(0)))).toBe(
      '/capture.ndjson.gz: line 2: received 86400 s before line 1: expected messages oldest first',
    );
  });

  it('candles', async () => {
    expect(await complaint(writeLines('openTimeMs,open,high,low,close,volume', '1,1,1,1,1,1'))).toBe(
      '/capture.ndjson.gz: line 1: expected a JSON object {"receivedAtNs", "exchange", "kind", "url", "message"}, found "openTimeMs,open,high,low,close,volume"',
    );
  });

  it.each([
    [
      'a line that is not JSON',
      '{"receivedAtNs":',
      /^\S+: line 2: expected a JSON object .* found "\{\\"receivedAtNs\\":"$/,
    ],
    ['an empty line', '', /^\S+: line 2: expected a JSON object .* found ""$/],
    ['a line that is no object', '[1]', /^\S+: line 2: expected a JSON object .* found "\[1\]"$/],
    ['a missing field', line({ receivedAtNs: undefined }), /^\S+: line 2: has no field receivedAtNs$/],
    ['another missing field', line({ message: undefined }), /^\S+: line 2: has no field message$/],
    [
      'a session that is no name',
      line({ session: {} }),
      /^\S+: line 2: session: expected a name or a number$/,
    ],
    [
      'a time that is a number',
      line({ receivedAtNs: 1723161253937 }),
      /^\S+: line 2: receivedAtNs: .*expected string/,
    ],
    [
      'a time that is no number',
      line({ receivedAtNs: 'yesterday' }),
      /^\S+: line 2: receivedAtNs: expected nanoseconds since the epoch as a string of digits$/,
    ],
    [
      'an unknown exchange',
      line({ exchange: 'mtgox' }),
      /^\S+: line 2: exchange: unknown exchange "mtgox" \(known: binance, coinbase, kraken\)$/,
    ],
    ['no kind', line({ kind: '' }), /^\S+: line 2: kind: /],
    [
      'a message that is no text',
      line({ message: 7 }),
      /^\S+: line 2: message: expected the raw text of the message$/,
    ],
  ])('one with %s, by its line', async (_, bad, expected) => {
    expect(await complaint(writeLines(line(), bad, line()))).toMatch(expected);
  });
});
