import type { VerifiedCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import type { MessageTally } from '../../shared/adapters/exchanges/message-tally.ts';

const MAX_KINDS = 12;

/** @returns lines for people about what is not read of captures, one each; null: all of it is, and there are trades. */
export function noteOfCaptures(files: readonly VerifiedCapture[]): string | null {
  const notes = files.flatMap(({ path, tally }) => {
    const parts = [...partsOf(tally)];
    if (parts.length === 0) return [];
    return [`note: ${path}: ${tally.messages} messages, ${tally.trades} trades; ${parts.join('; ')}`];
  });
  return notes.length === 0 ? null : notes.join('\n');
}

function* partsOf({ trades, setAside, malformed, sequenceGaps }: MessageTally): Generator<string> {
  if (trades === 0) yield 'no trades, so no candles';
  if (setAside.length > 0) {
    const kinds = setAside
      .slice(0, MAX_KINDS)
      .map(({ what, count, cause, firstAt }) => `${count} ${what} (${cause}, first in line ${firstAt})`);
    const more = setAside.length > MAX_KINDS ? [`${setAside.length - MAX_KINDS} more kinds`] : [];
    yield `set aside: ${[...kinds, ...more].join(', ')}`;
  }
  if (malformed > 0) yield `${malformed} malformed`;
  if (sequenceGaps > 0) yield `${sequenceGaps} gaps in the numbers of messages`;
}
