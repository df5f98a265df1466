/**
 * How the page stays connected: a ticket, a connection, probes while nothing is heard, and after a failure a wait that
 * grows. State and event give the next state and what to do, with the time and the luck of the draw as arguments.
 */

export type SocketState =
  | { readonly kind: 'asking'; readonly attempt: number; readonly sinceMs: number }
  | { readonly kind: 'connecting'; readonly attempt: number; readonly sinceMs: number }
  | {
      readonly kind: 'open';
      /** Failures in a row before this one; forgiven when something is heard. */
      readonly attempt: number;
      readonly lastHeardMs: number;
      /** When it was last asked whether it is still there; null: not since something was heard. */
      readonly probedMs: number | null;
    }
  | { readonly kind: 'waiting'; readonly attempt: number; readonly untilMs: number; readonly cause: string }
  | { readonly kind: 'stopped' };

export type SocketEvent =
  | { readonly kind: 'ticket'; readonly ticket: string }
  | { readonly kind: 'opened' }
  | { readonly kind: 'heard' }
  /** No ticket, no connection, or the end of one. */
  | { readonly kind: 'failed'; readonly cause: string }
  | { readonly kind: 'tick' }
  /** The machine has a network again, or somebody looks at the page again. */
  | { readonly kind: 'woken' }
  | { readonly kind: 'stop' };

export type SocketEffect =
  | { readonly kind: 'ask-for-ticket' }
  | { readonly kind: 'connect'; readonly ticket: string }
  /** All channels again; the answer also proves that the other side is there. */
  | { readonly kind: 'subscribe-all' }
  | { readonly kind: 'disconnect' };

export interface Step {
  readonly state: SocketState;
  readonly effects: readonly SocketEffect[];
}

/** A ticket is good for half a minute; neither it nor a connection takes this long on a network that works. */
export const PATIENCE_MS = 10_000;
/** Quiet for this long, the connection is asked whether it is still there. */
export const QUIET_MS = 8_000;
const PROBE_PATIENCE_MS = 4_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export const firstState = (nowMs: number): Step => ask(0, nowMs);

/** @param random in [0, 1): pages that were cut off together do not come back together. */
export function step(state: SocketState, event: SocketEvent, nowMs: number, random: number): Step {
  if (state.kind === 'stopped') return unchanged(state);
  switch (event.kind) {
    case 'stop':
      return { state: { kind: 'stopped' }, effects: [{ kind: 'disconnect' }] };
    case 'ticket':
      if (state.kind !== 'asking') return unchanged(state);
      return {
        state: { kind: 'connecting', attempt: state.attempt, sinceMs: nowMs },
        effects: [{ kind: 'connect', ticket: event.ticket }],
      };
    case 'opened':
      if (state.kind !== 'connecting') return unchanged(state);
      return {
        state: { kind: 'open', attempt: state.attempt, lastHeardMs: nowMs, probedMs: null },
        effects: [{ kind: 'subscribe-all' }],
      };
    case 'heard':
      if (state.kind !== 'open') return unchanged(state);
      return unchanged({ kind: 'open', attempt: 0, lastHeardMs: nowMs, probedMs: null });
    case 'failed':
      return state.kind === 'waiting' ? unchanged(state) : wait(state.attempt, event.cause, nowMs, random);
    case 'woken':
      return state.kind === 'waiting' ? ask(0, nowMs) : unchanged(state);
    case 'tick':
      return tick(state, nowMs, random);
  }
}

function tick(state: Exclude<SocketState, { kind: 'stopped' }>, nowMs: number, random: number): Step {
  switch (state.kind) {
    case 'waiting':
      return nowMs < state.untilMs ? unchanged(state) : ask(state.attempt, nowMs);
    case 'asking':
    case 'connecting':
      return nowMs - state.sinceMs < PATIENCE_MS
        ? unchanged(state)
        : wait(state.attempt, 'the platform does not answer', nowMs, random);
    case 'open': {
      if (state.probedMs !== null) {
        const isLate = nowMs - state.probedMs >= PROBE_PATIENCE_MS;
        return isLate ? wait(state.attempt, 'the connection went silent', nowMs, random) : unchanged(state);
      }
      if (nowMs - state.lastHeardMs < QUIET_MS) return unchanged(state);
      return { state: { ...state, probedMs: nowMs }, effects: [{ kind: 'subscribe-all' }] };
    }
  }
}

function unchanged(state: SocketState): Step {
  return { state, effects: [] };
}

function ask(attempt: number, nowMs: number): Step {
  return { state: { kind: 'asking', attempt, sinceMs: nowMs }, effects: [{ kind: 'ask-for-ticket' }] };
}

function wait(attempt: number, cause: string, nowMs: number, random: number): Step {
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS) * (0.5 + random / 2);
  return {
    state: { kind: 'waiting', attempt: attempt + 1, untilMs: nowMs + waitMs, cause },
    effects: [{ kind: 'disconnect' }],
  };
}
