import { describe, expect, it } from '@jest/globals';
import type { VerifiedCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { MessageTally } from '../../shared/adapters/exchanges/message-tally.ts';
import type { VenueEvent } from '../../shared/adapters/exchanges/venue.ts';
import { noteOfCaptures } from './note-of-captures.ts';

const trade: VenueEvent = {
  kind: 'trade',
  instrumentId: 'kraken:BTC-USD',
  tradeId: '1',
  price: '1',
  quantity: '1',
  takerSide: 'B',
  timeMs: 1,
  receivedAtMs: 1,
};
const aside = (what: string): VenueEvent => ({ kind: 'set-aside', what, cause: 'this channel is not read' });

function capture(...messages: (readonly VenueEvent[])[]): VerifiedCapture {
  const tally = new MessageTally();
  for (const [n, events] of messages.entries()) tally.add(events, n + 1);
  const found = {
    exchanges: ['kraken'],
    instruments: [],
    firstLineOf: new Map(),
    firstReceivedAtMs: 1,
  } as const;
  return { path: 'a.ndjson.gz', sha256: 'a', lines: messages.length, tally, ...found };
}

describe('what is said of captures', () => {
  it('is nothing where everything is read', () => {
    expect(noteOfCaptures([capture([trade], [{ kind: 'notice', what: 'heartbeat' }])])).toBeNull();
  });

  it('is how many messages of each kind are not read, why, and where the first stands', () => {
    expect(
      noteOfCaptures([
        capture(
          [trade, trade],
          [aside('book')],
          [aside('ohlc'), aside('book')],
          [{ kind: 'malformed', cause: 'not JSON' }],
        ),
      ]),
    ).toBe(
      'note: a.ndjson.gz: 4 messages, 2 trades; set aside: 2 book (this channel is not read, first in line 2), ' +
        '1 ohlc (this channel is not read, first in line 3); 1 malformed',
    );
  });

  it('is of each file by itself', () => {
    const missing: VenueEvent = { kind: 'sequence-gap', expected: 5, got: 7 };
    expect(noteOfCaptures([capture([trade]), capture([missing, trade]), capture()])).toBe(
      'note: a.ndjson.gz: 1 messages, 1 trades; 1 gaps in the numbers of messages\n' +
        'note: a.ndjson.gz: 0 messages, 0 trades; no trades, so no candles',
    );
  });

  it('stays short, however many kinds somebody makes up', () => {
    const many = Array.from({ length: 2000 }, (_, n) => [aside(`kind ${n}`)]);
    const note = noteOfCaptures([capture([trade], ...many)])!;
    expect(note).toMatch(/, 39 more kinds$/);
    expect(note.length).toBeLessThan(1000);
  });
});
