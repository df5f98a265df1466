import { gunzipSync } from 'node:zlib';
import type { RecordingStreamWriter } from './recording-stream-writer.ts';

/** The lines that the raw stream of a run became, in their order. */
export function recordedLines(writer: RecordingStreamWriter): string[] {
  const members = [...writer.objects()].sort(([a], [b]) => (a < b ? -1 : 1));
  return members.flatMap(([, { gzipMember }]) => {
    const text = gunzipSync(gzipMember).toString('utf8');
    return text.split('\n').filter((line) => line !== '');
  });
}
