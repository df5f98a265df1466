import { describe, expect, it } from '@jest/globals';
import { aFill, anOrder } from '../../test/support/order.ts';
import { endedReport, filledReport } from '../../test/support/report.ts';
import { aStrategy } from '../../test/support/strategy.ts';
import { signalOf } from '../domain/strategies/signal.ts';
import { accountOf, deskMessage, nameOf, type DeskMessage } from './desk-messages.ts';

const candle = { openTimeMs: 60_000, close: '100' };
const instance = aStrategy();
const signal = signalOf(instance, candle, { side: 'BUY', reason: 'test' });
const order = anOrder(1);
const answer = (timeMs: number) => endedReport(order, 'cancel-rejected', { number: 0, timeMs });

const messages: readonly DeskMessage[] = [
  { kind: 'signal', signal },
  { kind: 'signal', signal, resumedAtMs: 1 },
  { kind: 'signal', signal, againAtMs: 1 },
  { kind: 'signal', signal, resumedAtMs: 1, againAtMs: 1 },
  { kind: 'report', report: filledReport(aFill(1), 1, '0.5') },
  { kind: 'report', report: filledReport(aFill(1), 2) },
  { kind: 'report', report: filledReport(aFill(1), 2), sentAgainAtMs: 1 },
  { kind: 'report', report: filledReport(aFill(2), 1) },
  { kind: 'report', report: answer(1) },
  { kind: 'report', report: answer(2) },
];

describe('a message to a desk', () => {
  it('has a name of its own, which is the same when it is sent again', () => {
    const names = messages.map(nameOf);
    expect(new Set(names).size).toBe(messages.length);
    expect(messages.map((message) => nameOf(structuredClone(message)))).toEqual(names);
    // As an SQS deduplication id has to be.
    for (const name of names) expect(name).toMatch(/^[\w#@-]{1,128}$/);
  });

  it('belongs to the account of what it tells', () => {
    expect(messages.map(accountOf)).toEqual(messages.map(() => 'paper'));
  });

  it('is taken as it was sent', () => {
    for (const message of messages) expect(deskMessage.parse(message)).toEqual(message);
  });

  it.each([
    ['of no kind', { signal }],
    ['without its signal', { kind: 'signal' }],
    ['of a price that is none', { kind: 'signal', signal: { ...signal, referencePrice: '-1' } }],
    ['with half a report', { kind: 'report', report: { ...filledReport(aFill(1)), fill: undefined } }],
    ['with a number that is none', { kind: 'report', report: { ...filledReport(aFill(1)), number: -1 } }],
    ['with a text in its place', 'poison'],
  ])('%s is none', (_, message) => {
    expect(deskMessage.safeParse(message).success).toBe(false);
  });
});
