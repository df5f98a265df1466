import { describe, expect, it } from '@jest/globals';
import { CaptureDecoders } from './capture-decoders.ts';
import type { VenueEvent } from './venue.ts';

const URL = 'wss://advanced-trade-ws.coinbase.com';

/** Reads messages of Coinbase by their numbers. @returns the gaps that were found. */
function gapsOf(messages: readonly { number: number; connection?: string; url?: string }[]): VenueEvent[] {
  const decoders = new CaptureDecoders();
  return messages.flatMap(({ number, url = URL, ...of }) => {
    const origin = { exchange: 'coinbase', kind: 'ws', url, ...of } as const;
    const message = JSON.stringify({ channel: 'heartbeats', sequence_num: number, events: [] });
    const events = decoders.of(origin).read({ ...origin, message }, 0);
    return events.filter(({ kind }) => kind === 'sequence-gap');
  });
}

describe('the decoders of a capture', () => {
  it('follow each connection by itself, however they alternate', () => {
    const alternating = [0, 1, 2].flatMap((number) => [
      { number, connection: 'a' },
      { number: number + 7, connection: 'b' },
    ]);
    expect(gapsOf(alternating)).toEqual([]);
    expect(gapsOf([...alternating, { number: 5, connection: 'a' }])).toEqual([
      { kind: 'sequence-gap', expected: 3, got: 5 },
    ]);
  });

  it('follow each address where a capture tells no connections apart', () => {
    expect(gapsOf([{ number: 0 }, { number: 9, url: `${URL}/other` }, { number: 1 }])).toEqual([]);
    expect(gapsOf([{ number: 0 }, { number: 2 }])).toEqual([{ kind: 'sequence-gap', expected: 1, got: 2 }]);
  });

  it('begin anew where the numbers of a connection do', () => {
    expect(gapsOf([{ number: 0 }, { number: 1 }, { number: 0 }, { number: 1 }])).toEqual([]);
  });

  it('read the answers to one question alike, whatever is asked for', () => {
    const decoders = new CaptureDecoders();
    const asked = (query: string) =>
      decoders.of({ exchange: 'coinbase', kind: 'rest', url: `https://api.coinbase.com/ticker?${query}` });
    expect(asked('a=1')).toBe(asked('a=2'));
  });

  it('stay bounded, whatever a capture calls its connections', () => {
    const decoders = new CaptureDecoders();
    const of = (connection: string) =>
      decoders.of({ exchange: 'coinbase', kind: 'ws', url: URL, connection });
    const first = of('0');
    for (let n = 1; n <= 1000; n++) of(String(n));
    expect(of('1000')).toBe(of('1000'));
    expect(of('0')).not.toBe(first);
  });
});

describe('a line in which a collector says which instruments disagree', () => {
  const read = (message: string) =>
    new CaptureDecoders().read({
      ...{ line: 1, receivedAtNs: '1000000', exchange: 'kraken', kind: 'disagreement', url: URL, text: '' },
      message,
    });

  it('is read as it was said', () => {
    expect(read('{"instrumentIds":["kraken:BTC-USD"]}')).toEqual([
      { kind: 'disagreement', instrumentIds: ['kraken:BTC-USD'] },
    ]);
  });

  it.each(['{}', 'none', '{"instrumentIds":"kraken:BTC-USD"}', '{"instrumentIds":[1]}'])(
    'is set aside where it is none: %s',
    (message) => {
      const cause = 'a disagreement without instrumentIds';
      expect(read(message)).toEqual([{ kind: 'malformed', cause }]);
    },
  );
});
