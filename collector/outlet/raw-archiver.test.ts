import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLog } from '../../shared/runtime/log.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { RawArchiver, type ArchivePosition } from './raw-archiver.ts';

const RECEIVED_AT_MS = Date.UTC(2024, 7, 9, 12);
const log = createLog({ write: () => undefined }, 'error');

function archiver(writer: RecordingStreamWriter, from?: ArchivePosition): RawArchiver {
  return new RawArchiver({
    writer,
    sourceId: 'capture-1',
    exchange: 'binance',
    log,
    ...(from === undefined ? {} : { from }),
  });
}

async function addAll(to: RawArchiver, lines: readonly string[], firstLine = 1): Promise<void> {
  for (const [n, line] of lines.entries()) {
    const room = to.add(firstLine + n, RECEIVED_AT_MS, line);
    if (room !== null) await room;
  }
}

function textOf(writer: RecordingStreamWriter): string {
  const objects = [...writer.objects()].sort(([a], [b]) => (a < b ? -1 : 1));
  return objects.map(([, { gzipMember }]) => gunzipSync(gzipMember).toString('utf8')).join('');
}

const lines = Array.from({ length: 20_000 }, (_, n) => `{"line":${n},"text":"${'é'.repeat(n % 7)}"}`);
const whole = lines.map((line) => `${line}\n`).join('');

describe('the archive of raw messages', () => {
  it('is the capture again, when its objects are put one behind the other', async () => {
    const writer = new RecordingStreamWriter();
    const raw = archiver(writer);
    await addAll(raw, lines);
    await raw.finish();
    expect(textOf(writer)).toBe(whole);
  });

  it('names its objects by exchange, day, source and place', async () => {
    const writer = new RecordingStreamWriter();
    const raw = archiver(writer);
    await addAll(raw, lines);
    await raw.finish();
    const named = [...writer.objects()].map(([key, { header }]) => [key, header.messages]).sort();
    expect(named).toEqual([
      ['raw/binance/2024-08-09/capture-1-00000000.ndjson.gz', 8000],
      ['raw/binance/2024-08-09/capture-1-00000001.ndjson.gz', 8000],
      ['raw/binance/2024-08-09/capture-1-00000002.ndjson.gz', 4000],
    ]);
  });

  it('writes the very same objects when it is broken off anywhere and goes on from its position', async () => {
    const undisturbed = new RecordingStreamWriter();
    const raw = archiver(undisturbed);
    await addAll(raw, lines);
    await raw.finish();
    const bytes = (writer: RecordingStreamWriter) =>
      [...writer.objects()]
        .map(([key, { gzipMember }]) => [key, Buffer.from(gzipMember).toString('base64')])
        .sort();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(lines.length), { maxLength: 3 }), async (breaks) => {
        const writer = new RecordingStreamWriter();
        let position: ArchivePosition = { chunk: 0, firstLine: 1 };
        for (const end of [...breaks.sort((a, b) => a - b), lines.length]) {
          const part = archiver(writer, position);
          await addAll(part, lines.slice(position.firstLine - 1, end), position.firstLine);
          await part.idle();
          position = part.position();
          if (end === lines.length) await part.finish();
        }
        expect(bytes(writer)).toEqual(bytes(undisturbed));
      }),
      { numRuns: 15 },
    );
  });

  it('does not move its position past a chunk that is not durable', async () => {
    const writer = new RecordingStreamWriter();
    const { promise: opened, resolve: open } = Promise.withResolvers<null>();
    writer.before = async () => {
      await opened;
    };
    const raw = archiver(writer);
    await addAll(raw, lines.slice(0, 8010));
    expect(raw.position()).toEqual({ chunk: 0, firstLine: 1 });
    open(null);
    await raw.idle();
    expect(raw.position()).toEqual({ chunk: 1, firstLine: 8001 });
  });

  it('lets its source wait while three chunks are on their way', async () => {
    const writer = new RecordingStreamWriter();
    const { promise: opened, resolve: open } = Promise.withResolvers<null>();
    writer.before = async () => {
      await opened;
    };
    const raw = archiver(writer);
    const waits: number[] = [];
    let room: Promise<void> | null = null;
    for (let line = 1; line <= 24_000; line++) {
      room = raw.add(line, RECEIVED_AT_MS, 'x');
      if (room !== null) waits.push(line);
    }
    expect(waits).toEqual([24_000]);
    open(null);
    await room;
    await raw.finish();
  });

  it('says when a chunk could not be appended, and stays there', async () => {
    const writer = new RecordingStreamWriter();
    writer.before = async () => Promise.reject(new Error('the disk is full'));
    const raw = archiver(writer);
    await addAll(raw, lines.slice(0, 8010));
    await expect(raw.finish()).rejects.toThrow('the disk is full');
    expect(raw.position()).toEqual({ chunk: 0, firstLine: 1 });
  });

  it('halves what does not fit into a record', async () => {
    const writer = new RecordingStreamWriter();
    const raw = archiver(writer);
    const noise = Array.from({ length: 3 }, () => randomBytes(600_000).toString('base64'));
    await addAll(raw, noise);
    await raw.finish();
    expect(textOf(writer)).toBe(`${noise.join('\n')}\n`);
    expect(
      [...writer.objects().keys()].every((key) => /capture-1-00000000\.\d(\.\d)?\.ndjson\.gz$/.test(key)),
    ).toBe(true);
  });

  it('reports a message that no record holds, and keeps the others', async () => {
    const writer = new RecordingStreamWriter();
    const logged: string[] = [];
    const loud = createLog({ write: (line) => logged.push(line) }, 'error');
    const raw = new RawArchiver({ writer, sourceId: 'capture-1', exchange: 'binance', log: loud });
    await addAll(raw, ['before', randomBytes(1_500_000).toString('base64'), 'after']);
    await raw.finish();
    expect(textOf(writer)).toBe('before\nafter\n');
    expect(logged).toEqual([expect.stringContaining('a message is too large for the archive')]);
  });

  it('ends a chunk that has grown old', async () => {
    const writer = new RecordingStreamWriter();
    const raw = archiver(writer);
    await addAll(raw, ['a']);
    raw.cutBefore(RECEIVED_AT_MS);
    expect(raw.position().chunk).toBe(0);
    raw.cutBefore(RECEIVED_AT_MS + 1);
    await raw.idle();
    expect(textOf(writer)).toBe('a\n');
  });
});
