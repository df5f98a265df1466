import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exchangeOf } from '../../shared/domain/market-data/instrument.ts';
import { HOLD_MS, MAX_HELD } from './held-back.ts';
import { TapeBoundaries } from './tape-boundaries.ts';
import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import type { CaptureEvent } from '../../shared/adapters/exchanges/capture-decoders.ts';
import type { TapeMessage } from './tape-message.ts';
import { TapeCutter, tapeSteps, type TapeStep } from './tape-steps.ts';

const BITCOIN = 'binance:BTC-USDT';
const ETHER = 'binance:ETH-USDT';
const START = 1_723_161_254_000;

/** A message received at its own time, or at `receivedAtMs`, with one trade in it. */
function trade(
  instrumentId: string,
  timeMs: unknown,
  tradeId: unknown = '1',
  receivedAtMs = START,
): TapeMessage {
  const told = { instrumentId, tradeId, price: '1', quantity: '1', takerSide: 'B', timeMs, receivedAtMs };
  return message(receivedAtMs, { kind: 'trade', ...told });
}

const NOTHING: CaptureEvent = { kind: 'clock', venueTimeMs: START };

const heartbeat = (venueTimeMs: number): TapeMessage => message(START, { kind: 'heartbeat', venueTimeMs });

function message(receivedAtMs: number, event: CaptureEvent): TapeMessage {
  const capture = {
    line: 1,
    receivedAtNs: '0',
    exchange: 'binance' as const,
    kind: 'ws',
    url: '',
    message: '',
    text: '',
  };
  return { capture, receivedAtMs, events: [event], source: 0 };
}

/** Steps as short texts: trades by their times, boundaries by what they release. */
function shown(steps: Iterable<TapeStep>): string[] {
  return [...steps].map((step) => {
    if (step.kind === 'trades') return step.trades.map(({ timeMs }) => Number(timeMs) - START).join(' ');
    if (step.kind === 'books') return `${step.rows.length} of books`;
    if (step.kind === 'watermarks')
      return step.watermarks
        .map(({ instrumentId, timeMs }) => `${instrumentId} to ${timeMs - START}`)
        .join(', ');
    return `${step.exchange} to ${step.watermarkMs - START}`;
  });
}

const steps = (...messages: TapeMessage[]): string[] => shown(tapeSteps(messages));

describe('a tape', () => {
  it('is held back where an instrument passes into a later second', () => {
    expect(
      steps(trade(BITCOIN, START + 100), trade(BITCOIN, START + 999), trade(BITCOIN, START + 1000)),
    ).toEqual(['100 999', `${BITCOIN} to 1000`, '1000']);
  });

  it.each([
    ['17', 17],
    ['', null],
    [17, null],
  ])('names the trade that it is held back before: %j', (tradeId, nextTradeId) => {
    const [, boundary] = tapeSteps([trade(BITCOIN, START), trade(BITCOIN, START + 1000, tradeId)]);
    expect(boundary).toEqual({
      kind: 'watermarks',
      watermarks: [{ instrumentId: BITCOIN, timeMs: START + 1000, nextTradeId }],
    });
  });

  it('is held back once for several seconds without a trade', () => {
    expect(steps(trade(BITCOIN, START), trade(BITCOIN, START + 7300))).toEqual([
      '0',
      `${BITCOIN} to 7000`,
      '7300',
    ]);
  });

  it('is not held back before the first trade of an instrument', () => {
    expect(steps(trade(BITCOIN, START), trade(ETHER, START + 1000))).toEqual(['0 1000']);
  });

  it('is not held back by a trade that comes late', () => {
    expect(
      steps(trade(BITCOIN, START + 1000), trade(BITCOIN, START + 500), trade(BITCOIN, START + 1500)),
    ).toEqual(['1000 500 1500']);
  });

  it('is held back at a heartbeat, a second behind what it says, and then not again', () => {
    const messages = [trade(BITCOIN, START), heartbeat(START + 2900), trade(BITCOIN, START + 1700)];
    expect(steps(...messages)).toEqual(['0', 'binance to 1000', '1700']);
  });

  it('is not held back at a heartbeat that proves nothing new', () => {
    const messages = [heartbeat(START + 9000), trade(BITCOIN, START + 1200), heartbeat(START + 2900)];
    expect(steps(...messages)).toEqual(['1200']);
  });

  it.each([
    ['no time', 'soon'],
    ['a time far ahead of when it was received', START + 3_700_000],
    ['a time in another unit', START * 1000],
  ])('is not moved by a trade of %s', (_, timeMs) => {
    expect(
      shown(tapeSteps([trade(BITCOIN, START), trade(BITCOIN, timeMs), trade(BITCOIN, START + 1)])),
    ).toHaveLength(1);
  });

  it('is not moved by a heartbeat far ahead of when it was received', () => {
    expect(steps(trade(BITCOIN, START), heartbeat(START + 7_200_000))).toEqual(['0']);
  });

  it('is not held back any more at its end', () => {
    const messages = [trade(BITCOIN, START), trade(ETHER, START), trade(BITCOIN, START + 1000)];
    expect(steps(...messages)).toEqual(['0 0', `${BITCOIN} to 1000`, '1000']);
  });

  it('goes on where it was left off', () => {
    const boundaries = new TapeBoundaries();
    shown(tapeSteps([trade(BITCOIN, START), trade(ETHER, START)], boundaries));
    const snapshot = JSON.parse(JSON.stringify(boundaries.snapshot()));
    expect(shown(tapeSteps([trade(ETHER, START + 1000)], new TapeBoundaries(snapshot)))).toEqual([
      `${ETHER} to 1000`,
      '1000',
    ]);
  });
});

/** A trade of each, and what follows. */
const afterBoth = (...messages: TapeMessage[]): string[] =>
  steps(trade(BITCOIN, START), trade(ETHER, START), ...messages).slice(1);

describe('instruments that pass into a later second', () => {
  it('are released together, in the order of their names, and what was told meanwhile follows in its own', () => {
    const messages = [trade(ETHER, START + 1000), trade(ETHER, START + 1003), trade(BITCOIN, START + 1002)];
    expect(afterBoth(...messages)).toEqual([`${BITCOIN} to 1000, ${ETHER} to 1000`, '1000 1003 1002']);
  });

  it('are released in the order of their seconds', () => {
    const messages = [trade(BITCOIN, START + 2000), trade(ETHER, START + 1000)];
    expect(afterBoth(...messages)).toEqual([`${ETHER} to 1000, ${BITCOIN} to 2000`, '2000 1000']);
  });

  it('let those pass that are not as far', () => {
    const messages = [trade(BITCOIN, START + 1000), trade(ETHER, START + 999), trade(ETHER, START + 1001)];
    expect(steps(trade(BITCOIN, START), trade(ETHER, START), ...messages)).toEqual([
      '0 0 999',
      `${BITCOIN} to 1000, ${ETHER} to 1000`,
      '1000 1001',
    ]);
  });

  it('keep the order of what is told of each, whatever time it bears', () => {
    const messages = [
      trade(BITCOIN, START + 1000, '2'),
      trade(BITCOIN, START + 400),
      trade(ETHER, START + 500),
    ];
    expect(steps(trade(BITCOIN, START), trade(ETHER, START), ...messages)).toEqual([
      '0 0 500',
      `${BITCOIN} to 1000`,
      '1000 400',
    ]);
  });

  it.each([
    ['so much later that the first has waited long enough', START + 100 + HOLD_MS],
    ['before the first one, as after a clock was set back', START + 99],
  ])('are released by a message received %s', (_, receivedAtMs) => {
    const messages = [
      trade(BITCOIN, START + 1000, '2', START + 100),
      trade(ETHER, START + 1001, '2', receivedAtMs),
    ];
    expect(afterBoth(...messages)).toEqual([`${BITCOIN} to 1000`, '1000', `${ETHER} to 1000`, '1001']);
  });

  it('wait for others until then', () => {
    const messages = [
      trade(BITCOIN, START + 1000, '2', START + 100),
      trade(ETHER, START + 1001, '2', START + 99 + HOLD_MS),
    ];
    expect(afterBoth(...messages)).toEqual([`${BITCOIN} to 1000, ${ETHER} to 1000`, '1000 1001']);
  });

  it('are released when one of them passes into the next second', () => {
    const messages = [trade(BITCOIN, START + 1000), trade(BITCOIN, START + 2000), trade(ETHER, START + 2001)];
    expect(afterBoth(...messages)).toEqual([
      `${BITCOIN} to 1000`,
      '1000',
      `${BITCOIN} to 2000, ${ETHER} to 2000`,
      '2000 2001',
    ]);
  });

  it('are not known to be further than they were released', () => {
    const boundaries = new TapeBoundaries();
    const passing = [0, 1000, 2000].map((atMs) => trade(BITCOIN, START + atMs));
    const cut = new TapeCutter(boundaries).steps([
      trade(ETHER, START),
      ...passing,
      trade(ETHER, START + 2000),
    ]);
    const known = Array.from(cut, ({ kind }) => [kind, boundaries.snapshot().released[BITCOIN]! - START]);
    expect(known.filter(([kind]) => kind === 'watermarks')).toEqual([
      ['watermarks', 1000],
      ['watermarks', 2000],
    ]);
  });

  it('are released before a heartbeat', () => {
    expect(afterBoth(trade(BITCOIN, START + 1000), heartbeat(START + 2900))).toEqual([
      `${BITCOIN} to 1000`,
      '1000',
      'binance to 1000',
    ]);
  });

  it('are released when too much waits for others', () => {
    const many = Array.from({ length: MAX_HELD + 1 }, () => trade(BITCOIN, START + 1000));
    const cut = afterBoth(...many, trade(ETHER, START + 1000));
    expect(cut.map((step) => step.split(' ').length)).toEqual([3, MAX_HELD + 1, 3, 1]);
  });

  it('are released when it is known that nothing follows in time', () => {
    const cutter = new TapeCutter();
    const messages = [trade(BITCOIN, START), trade(ETHER, START), trade(BITCOIN, START + 1000)];
    expect(shown(cutter.steps(messages))).toEqual(['0 0']);
    expect(shown(cutter.before(START + HOLD_MS - 1))).toEqual([]);
    expect(shown(cutter.before(START + HOLD_MS))).toEqual([`${BITCOIN} to 1000`, '1000']);
  });

  it('hold back what is told of their books, and of no others', () => {
    const row = (instrumentId: string): ToldBook =>
      ({ kind: 'quote', quote: { instrumentId } }) as unknown as ToldBook;
    const [first, second] = [trade(BITCOIN, START), trade(ETHER, START)];
    const passing = trade(BITCOIN, START + 1000);
    const [ofBitcoin, ofEther] = [message(START, NOTHING), message(START, NOTHING)];
    const told = new Map([
      [ofBitcoin, row(BITCOIN)],
      [ofEther, row(ETHER)],
    ]);
    const books = { take: (of: TapeMessage) => [told.get(of) ?? []].flat() };
    const cutter = new TapeCutter(new TapeBoundaries(), books);
    const cut = [...cutter.steps([first, second, passing, ofBitcoin, ofEther]), ...cutter.finish()];
    expect(cut.map((step) => (step.kind === 'books' ? step.rows : step.kind))).toEqual([
      'trades',
      [row(ETHER)],
      'watermarks',
      'trades',
      [row(BITCOIN)],
    ]);
  });

  it('are not behind us before what is held back has been sent', () => {
    const cutter = new TapeCutter();
    const at = (line: number, told: TapeMessage): TapeMessage => ({
      ...told,
      capture: { ...told.capture, line },
    });
    const tape = [
      at(1, trade(BITCOIN, START)),
      at(2, trade(ETHER, START)),
      at(3, trade(BITCOIN, START + 1000)),
      at(4, trade(ETHER, START + 500)),
      at(5, heartbeat(START + 2500)),
    ];
    const lines = Array.from(cutter.steps(tape), (step) => [step.kind, cutter.firstHeldLine(0)]);
    expect(lines).toEqual([
      ['trades', 3],
      ['watermarks', 3],
      ['trades', null],
      ['heartbeat', null],
    ]);
  });

  it('are not behind us together with the message that releases them, be it of another source', () => {
    const cutter = new TapeCutter();
    const beside = { ...heartbeat(START + 2500), source: 1 };
    const tape = [trade(BITCOIN, START), trade(ETHER, START), trade(BITCOIN, START + 1000), beside];
    const lines = Array.from(cutter.steps(tape), (step) => [step.kind, cutter.firstHeldLine(1)]);
    expect(lines).toEqual([
      ['trades', 1],
      ['watermarks', 1],
      ['trades', null],
      ['heartbeat', null],
    ]);
  });
});

const tape = fc.array(
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(fc.constantFrom(BITCOIN, ETHER), fc.nat(6000), fc.nat(30))
        .map(([id, at, receivedMs]) => trade(id, START + at, '1', START + receivedMs)),
    },
    { weight: 1, arbitrary: fc.nat(8000).map((at) => heartbeat(START + at)) },
  ),
  { maxLength: 60 },
);

describe('the steps of any tape', () => {
  it('do not depend on how it is cut into batches', () => {
    fc.assert(
      fc.property(tape, fc.nat(60), (messages, cut) => {
        const cutter = new TapeCutter();
        const parts = [messages.slice(0, cut), messages.slice(cut)];
        const cutSteps = [...parts.flatMap((part) => shown(cutter.steps(part))), ...shown(cutter.finish())];
        expect(cutSteps.join(' | ').replaceAll(/(\d) \| (?=\d)/g, '$1 ')).toBe(
          shown(tapeSteps(messages))
            .join(' | ')
            .replaceAll(/(\d) \| (?=\d)/g, '$1 '),
        );
      }),
    );
  });

  it('hold every trade, those of an instrument in their order', () => {
    fc.assert(
      fc.property(tape, fc.constantFrom(BITCOIN, ETHER), (messages, id) => {
        const isOfIt = (event: object): boolean => 'instrumentId' in event && event.instrumentId === id;
        const sent = [...tapeSteps(messages)].flatMap((step) => (step.kind === 'trades' ? step.trades : []));
        expect(sent.filter(isOfIt)).toEqual(messages.flatMap(({ events }) => events.filter(isOfIt)));
      }),
    );
  });

  it('release every second of an instrument before its first trade of a later one is sent', () => {
    fc.assert(
      fc.property(tape, (messages) => {
        const latest = new Map<string, number>();
        const released = new Map<string, number>();
        for (const step of tapeSteps(messages)) {
          if (step.kind === 'watermarks') {
            for (const { instrumentId, timeMs } of step.watermarks) released.set(instrumentId, timeMs);
          } else if (step.kind === 'heartbeat') {
            for (const id of latest.keys()) {
              if (exchangeOf(id) === step.exchange)
                released.set(id, Math.max(released.get(id) ?? 0, step.watermarkMs));
            }
          } else if (step.kind === 'trades') {
            for (const { instrumentId, timeMs } of step.trades) {
              const second = Number(timeMs) - (Number(timeMs) % 1000);
              const before = latest.get(instrumentId);
              if (before !== undefined && second > before) {
                expect(released.get(instrumentId) ?? 0).toBeGreaterThanOrEqual(second);
              }
              latest.set(instrumentId, Math.max(before ?? 0, second));
            }
          }
        }
      }),
    );
  });
});
