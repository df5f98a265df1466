import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exchangeOf } from '../../shared/domain/market-data/instrument.ts';
import { TapeBoundaries } from './tape-boundaries.ts';
import type { CaptureEvent } from '../../shared/adapters/exchanges/capture-decoders.ts';
import type { TapeMessage } from './tape-message.ts';
import { tapeSteps, type TapeStep } from './tape-steps.ts';

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
    if (step.kind === 'watermark') return `${step.instrumentId} to ${step.timeMs - START}`;
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
      kind: 'watermark',
      instrumentId: BITCOIN,
      timeMs: START + 1000,
      nextTradeId,
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

  it('is held back for each instrument by itself', () => {
    const messages = [
      trade(BITCOIN, START),
      trade(ETHER, START),
      trade(BITCOIN, START + 1000),
      trade(ETHER, START + 1001),
    ];
    expect(steps(...messages)).toEqual(['0 0', `${BITCOIN} to 1000`, '1000', `${ETHER} to 1000`, '1001']);
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

const tape = fc.array(
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(fc.constantFrom(BITCOIN, ETHER), fc.nat(6000))
        .map(([id, at]) => trade(id, START + at)),
    },
    { weight: 1, arbitrary: fc.nat(8000).map((at) => heartbeat(START + at)) },
  ),
  { maxLength: 60 },
);

describe('the steps of any tape', () => {
  it('do not depend on how it is cut into batches', () => {
    fc.assert(
      fc.property(tape, fc.nat(60), (messages, cut) => {
        const boundaries = new TapeBoundaries();
        const parts = [messages.slice(0, cut), messages.slice(cut)];
        const cutSteps = parts.flatMap((part) => shown(tapeSteps(part, boundaries)));
        expect(cutSteps.join(' | ').replaceAll(/(\d) \| (?=\d)/g, '$1 ')).toBe(
          shown(tapeSteps(messages))
            .join(' | ')
            .replaceAll(/(\d) \| (?=\d)/g, '$1 '),
        );
      }),
    );
  });

  it('hold every trade, in its order', () => {
    fc.assert(
      fc.property(tape, (messages) => {
        const sent = [...tapeSteps(messages)].flatMap((step) => (step.kind === 'trades' ? step.trades : []));
        expect(sent).toEqual(messages.flatMap(({ events }) => events.filter(({ kind }) => kind === 'trade')));
      }),
    );
  });

  it('release every second of an instrument before its first trade of a later one is sent', () => {
    fc.assert(
      fc.property(tape, (messages) => {
        const latest = new Map<string, number>();
        const released = new Map<string, number>();
        for (const step of tapeSteps(messages)) {
          if (step.kind === 'watermark') released.set(step.instrumentId, step.timeMs);
          else if (step.kind === 'heartbeat') {
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
