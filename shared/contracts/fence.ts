/**
 * A fence numbers the holders of an exchange's lease, upwards. What a collector sends carries its own, for a stream
 * cannot refuse a writer that was paused while another took over: readers keep the greatest fence of each lane and drop
 * what carries a smaller one. Orders, withdrawals, replays and whatever is sent again carry none, and always pass.
 */
import * as z from 'zod';

export const fence = z.int().min(1);

/** Before the first record that carries one. */
export const NO_FENCE = 0;

/** Whether the record's writer had been followed by another when it was sent. @param greatest of its lane so far. */
export function isFenced(fenceOfRecord: number | null, greatest: number): boolean {
  return fenceOfRecord !== null && fenceOfRecord < greatest;
}

const NEWLINE = 0x0a;

/**
 * The record as it may be sent once more, later: under its old fence readers would take it for a stale writer's.
 * What cannot be read stays as it is.
 */
export function withoutFence(data: Uint8Array): Uint8Array {
  // A raw record is a line and a gzip member, one of trades is JSON and nothing else.
  const end = data.indexOf(NEWLINE);
  const head = end < 0 ? data : data.subarray(0, end);
  try {
    const value = JSON.parse(Buffer.from(head).toString('utf8')) as unknown;
    if (typeof value !== 'object' || value === null || !('fence' in value)) return data;
    const { fence: _, ...rest } = value;
    const text = Buffer.from(JSON.stringify(rest));
    return Buffer.concat([text, data.subarray(head.byteLength)]);
  } catch {
    return data;
  }
}
