import type { MessageTally } from './message-tally.ts';

const MAX_KINDS = 12;
/** A cause may quote what the venue said. */
const MAX_CAUSE_CHARACTERS = 160;

/** @returns one line about what was read out of messages, and what was not: how many, why, and in which line the first is. */
export function tallyText(tally: MessageTally): string {
  const books = tally.bookMessages === 0 ? '' : `, ${tally.bookMessages} with levels of books`;
  return [`${tally.messages} messages, ${tally.trades} trades${books}`, ...partsOf(tally)].join('; ');
}

function* partsOf({ setAside, malformed, firstMalformed, sequenceGaps }: MessageTally): Generator<string> {
  if (setAside.length > 0) {
    const kinds = setAside
      .slice(0, MAX_KINDS)
      .map(({ what, count, cause, firstAt }) => `${count} ${what} (${placed(cause, firstAt)})`);
    const more = setAside.length > MAX_KINDS ? [`${setAside.length - MAX_KINDS} more kinds`] : [];
    yield `set aside: ${[...kinds, ...more].join(', ')}`;
  }
  if (firstMalformed !== null)
    yield `${malformed} malformed (${placed(firstMalformed.cause, firstMalformed.firstAt)})`;
  if (sequenceGaps > 0) yield `${sequenceGaps} gaps in the numbers of messages`;
}

function placed(cause: string, line: number): string {
  return `${cause.slice(0, MAX_CAUSE_CHARACTERS)}, first in line ${line}`;
}
