/**
 * The raw stream carries what the venue sent, digit for digit: each record is one whole gzip member of capture
 * lines behind a header line. Members concatenate to a capture, so what the platform archives it can replay.
 */
import * as z from 'zod';
import { fence } from './fence.ts';

const rawHeader = z.object({
  v: z.literal(1),
  kind: z.literal('raw'),
  exchange: z.string().regex(/^[a-z][a-z0-9]+$/),
  /** Names the source and the place in it: the same messages give the same key, so archiving twice is archiving once. */
  objectKey: z.string().regex(/^raw\/[\w/.-]{1,300}\.ndjson\.gz$/),
  messages: z.int().min(1),
  /** Of the collector that sent it; left out where no lease is held, as in a replay. */
  fence: fence.optional(),
});

/** What a collector sends down every lane when it takes over: nothing but its fence, which shuts out the one before. */
const rawClaim = z.object({ v: z.literal(1), kind: z.literal('claim'), fence });
export type RawClaim = z.infer<typeof rawClaim>;

export type RawHeader = z.infer<typeof rawHeader>;

const rawLine = z.discriminatedUnion('kind', [rawHeader, rawClaim]);

const NEWLINE = 0x0a;

export function encodeRawRecord(header: RawHeader, gzipMember: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), gzipMember]);
}

export function encodeRawClaim(claim: RawClaim): Uint8Array {
  return Buffer.from(`${JSON.stringify(claim)}\n`);
}

/** @returns a claim, the parts of a chunk, or one line that says what is wrong. */
export function decodeRawRecord(
  data: Uint8Array,
): RawClaim | { kind: 'chunk'; header: RawHeader; gzipMember: Uint8Array } | string {
  const end = data.indexOf(NEWLINE);
  if (end < 0) return 'no header line';
  try {
    const header = rawLine.safeParse(JSON.parse(Buffer.from(data.subarray(0, end)).toString('utf8')));
    if (!header.success) return header.error.issues[0]?.message ?? 'bad header';
    if (header.data.kind === 'claim') return header.data;
    return { kind: 'chunk', header: header.data, gzipMember: data.subarray(end + 1) };
  } catch {
    return 'header is not JSON';
  }
}
