/**
 * The raw stream carries what the venue sent, digit for digit: each record is one whole gzip member of capture
 * lines behind a header line. Members concatenate to a capture, so what the platform archives it can replay.
 */
import * as z from 'zod';

export const rawHeader = z.object({
  v: z.literal(1),
  kind: z.literal('raw'),
  exchange: z.string().regex(/^[a-z][a-z0-9]+$/),
  /** Names the source and the place in it: the same messages give the same key, so archiving twice is archiving once. */
  objectKey: z.string().regex(/^raw\/[\w/.-]{1,300}\.ndjson\.gz$/),
  messages: z.int().min(1),
});
export type RawHeader = z.infer<typeof rawHeader>;

const NEWLINE = 0x0a;

export function encodeRawRecord(header: RawHeader, gzipMember: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), gzipMember]);
}

/** @returns the parts, or one line that says what is wrong. */
export function decodeRawRecord(data: Uint8Array): { header: RawHeader; gzipMember: Uint8Array } | string {
  const end = data.indexOf(NEWLINE);
  if (end < 0) return 'no header line';
  try {
    const header = rawHeader.safeParse(JSON.parse(Buffer.from(data.subarray(0, end)).toString('utf8')));
    if (!header.success) return header.error.issues[0]?.message ?? 'bad header';
    return { header: header.data, gzipMember: data.subarray(end + 1) };
  } catch {
    return 'header is not JSON';
  }
}
