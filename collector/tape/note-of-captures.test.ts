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
  const tally = new MessageTally({ readsTrades: true });
  for (const [n, events] of messages.entries()) tally.add(events, n + 1);
  const found = {
    exchanges: ['kraken'],
    instruments: [],
    firstLineOf: new Map(),
    firstReceivedAtMs: 1,
    lastReceivedAtMs: 1,
    catalogues: [],
  } as const;
  return { path: 'a.ndjson.gz', sha256: 'a', lines: messages.length, tally, ...found };
}

describe('what is said of captures', () => {
  it('is how many messages and trades there are, where everything is read too', () => {
    expect(noteOfCaptures([capture([trade], [{ kind: 'notice', what: 'heartbeat' }])])).toBe(
      'note: a.ndjson.gz: 2 messages, 1 trades',
    );
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
        '1 ohlc (this channel is not read, first in line 3); 1 malformed (not JSON, first in line 4)',
    );
  });

  it('counts a trade that is none as set aside, by the field that cannot be used', () => {
    const bad = { ...trade, price: '0' };
    expect(noteOfCaptures([capture([trade], [bad], [bad, { ...trade, takerSide: 'x' }])])).toBe(
      'note: a.ndjson.gz: 3 messages, 1 trades; set aside: ' +
        '2 trade with an unusable price (price: expected a decimal above zero, got "0", first in line 2), ' +
        '1 trade with an unusable aggressor (aggressor: expected B or S, got "x", first in line 3)',
    );
  });

  it('is of each file by itself', () => {
    const missing: VenueEvent = { kind: 'sequence-gap', expected: 5, got: 7 };
    expect(noteOfCaptures([capture([trade]), capture([missing, trade]), capture()])).toBe(
      'note: a.ndjson.gz: 1 messages, 1 trades\n' +
        'note: a.ndjson.gz: 1 messages, 1 trades; 1 gaps in the numbers of messages\n' +
        'note: a.ndjson.gz: 0 messages, 0 trades',
    );
  });

  it('stays short, however many kinds somebody makes up', () => {
    const many = Array.from({ length: 2000 }, (_, n) => [aside(`kind ${n}`)]);
    const note = noteOfCaptures([capture([trade], ...many)]);
    expect(note).toMatch(/, 39 more kinds$/);
    expect(note.length).toBeLessThan(1000);
  });
});
