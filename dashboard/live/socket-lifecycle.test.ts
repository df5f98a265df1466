import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  firstState,
  PATIENCE_MS,
  QUIET_MS,
  step,
  type SocketEffect,
  type SocketEvent,
  type SocketState,
} from './socket-lifecycle.ts';

const NOW = 1_000_000;
const open = (attempt = 0): SocketState => ({ kind: 'open', attempt, lastHeardMs: NOW, probedMs: null });

/** Events one after the other, at their times. */
function run(from: SocketState, ...events: readonly (readonly [atMs: number, event: SocketEvent])[]) {
  const effects: SocketEffect[] = [];
  const state = events.reduce((known, [atMs, event]) => {
    const next = step(known, event, atMs, 0.5);
    effects.push(...next.effects);
    return next.state;
  }, from);
  return { state, effects: effects.map(({ kind }) => kind) };
}

describe('the connection of the page', () => {
  it('asks for a ticket, connects with it and subscribes', () => {
    const first = firstState(NOW);
    expect(first.effects).toEqual([{ kind: 'ask-for-ticket' }]);
    const { state, effects } = run(
      first.state,
      [NOW + 10, { kind: 'ticket', ticket: 't' }],
      [NOW + 20, { kind: 'opened' }],
    );
    expect(state).toEqual({ kind: 'open', attempt: 0, lastHeardMs: NOW + 20, probedMs: null });
    expect(effects).toEqual(['connect', 'subscribe-all']);
  });

  it('comes back with a new ticket after a wait when it is cut', () => {
    const cut = step(open(), { kind: 'failed', cause: 'closed' }, NOW, 0.5);
    expect(cut.state).toEqual({ kind: 'waiting', attempt: 1, untilMs: NOW + 375, cause: 'closed' });
    expect(run(cut.state, [NOW + 374, { kind: 'tick' }]).effects).toEqual([]);
    expect(run(cut.state, [NOW + 375, { kind: 'tick' }]).effects).toEqual(['ask-for-ticket']);
  });

  it('waits longer with each failure, up to 15 s', () => {
    let state: SocketState = firstState(NOW).state;
    const waits: number[] = [];
    let nowMs = NOW;
    for (let i = 0; i < 8; i++) {
      state = step(state, { kind: 'failed', cause: 'refused' }, nowMs, 0.999999).state;
      if (state.kind !== 'waiting') throw new Error('expected a wait');
      waits.push(Math.round(state.untilMs - nowMs));
      nowMs = state.untilMs;
      state = step(state, { kind: 'tick' }, nowMs, 0).state;
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  });

  it('forgives earlier failures once something is heard, not before', () => {
    const reopened = open(5);
    expect(run(reopened, [NOW, { kind: 'failed', cause: 'closed' }]).state).toMatchObject({ attempt: 6 });
    const heard = run(reopened, [NOW, { kind: 'heard' }], [NOW, { kind: 'failed', cause: 'closed' }]);
    expect(heard.state).toMatchObject({ kind: 'waiting', attempt: 1 });
  });

  it('asks a silent connection whether it is there, and gives it up without an answer', () => {
    const quiet = run(open(), [NOW + QUIET_MS - 1, { kind: 'tick' }]);
    expect(quiet.effects).toEqual([]);
    const probed = run(open(), [NOW + QUIET_MS, { kind: 'tick' }], [NOW + QUIET_MS + 1000, { kind: 'tick' }]);
    expect(probed.effects).toEqual(['subscribe-all']);
    expect(run(probed.state, [NOW + QUIET_MS + 4000, { kind: 'tick' }]).state).toMatchObject({
      kind: 'waiting',
      cause: 'the connection went silent',
    });
    expect(run(probed.state, [NOW + QUIET_MS + 1000, { kind: 'heard' }]).state).toMatchObject({
      probedMs: null,
    });
  });

  it.each([
    { kind: 'asking', attempt: 0, sinceMs: NOW },
    { kind: 'connecting', attempt: 0, sinceMs: NOW },
  ] as const)('does not wait for ever while $kind', (state) => {
    expect(run(state, [NOW + PATIENCE_MS - 1, { kind: 'tick' }]).state).toBe(state);
    expect(run(state, [NOW + PATIENCE_MS, { kind: 'tick' }]).state).toMatchObject({
      kind: 'waiting',
      attempt: 1,
    });
  });

  it('tries at once when the machine is woken', () => {
    const waiting: SocketState = { kind: 'waiting', attempt: 6, untilMs: NOW + 15_000, cause: 'offline' };
    expect(run(waiting, [NOW, { kind: 'woken' }]).state).toEqual({
      kind: 'asking',
      attempt: 0,
      sinceMs: NOW,
    });
    expect(run(open(), [NOW, { kind: 'woken' }]).effects).toEqual([]);
  });

  it('ignores a ticket and an opening that come too late', () => {
    const waiting: SocketState = { kind: 'waiting', attempt: 1, untilMs: NOW + 500, cause: 'closed' };
    const late = run(
      waiting,
      [NOW, { kind: 'ticket', ticket: 't' }],
      [NOW, { kind: 'opened' }],
      [NOW, { kind: 'heard' }],
    );
    expect(late).toEqual({ state: waiting, effects: [] });
  });

  it('stays stopped, whatever happens', () => {
    const events = fc.constantFrom<SocketEvent>(
      { kind: 'ticket', ticket: 't' },
      { kind: 'opened' },
      { kind: 'heard' },
      { kind: 'failed', cause: 'x' },
      { kind: 'tick' },
      { kind: 'woken' },
      { kind: 'stop' },
    );
    fc.assert(
      fc.property(fc.array(events), (more) => {
        const timed = more.map((event, i) => [NOW + i * 5000, event] as const);
        const { state, effects } = run(open(), [NOW, { kind: 'stop' }], ...timed);
        expect(state).toEqual({ kind: 'stopped' });
        expect(effects).toEqual(['disconnect']);
      }),
    );
  });

  it('never holds two connections: each connect follows a disconnect or comes first', () => {
    const events = fc.constantFrom<SocketEvent>(
      { kind: 'ticket', ticket: 't' },
      { kind: 'opened' },
      { kind: 'heard' },
      { kind: 'failed', cause: 'x' },
      { kind: 'tick' },
      { kind: 'woken' },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 12_000 }), events), { maxLength: 60 }),
        (more) => {
          let nowMs = NOW;
          const timed = more.map(([passedMs, event]) => [(nowMs += passedMs), event] as const);
          const kept = run(firstState(NOW).state, ...timed).effects.filter((kind) => /connect/.test(kind));
          kept.forEach((kind, i) => {
            if (kind === 'connect') expect(kept[i - 1] ?? 'disconnect').toBe('disconnect');
          });
        },
      ),
    );
  });
});
