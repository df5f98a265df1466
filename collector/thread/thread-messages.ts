/** What a tape that runs in a thread of its own and the thread with the ports say to each other; all of it is copied. */
import type { LogLevel } from '../../shared/runtime/log.ts';
import { ConditionFailed, type ItemKey } from '../../shared/ports/state-store.ts';
import type { TapeOutcome, TapePorts, TapeProgress } from '../tape/run-tape.ts';

/** The ports whose calls are answered. */
export type AnsweringPort = 'writer' | 'state' | 'gate';

/** What the tape's thread is begun with. */
export interface TapeTask {
  /** Address of the file that the thread begins with. */
  readonly tapeOf: string;
  /** What the tape is run with that is plain data: all but its ports. */
  readonly request: Pick<TapePorts, 'speed'>;
}

/** From the tape. They are taken in their order, so a clock that is moved is there before what is sent behind it. */
export type FromTape =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly port: AnsweringPort;
      readonly method: string;
      readonly args: readonly unknown[];
    }
  | { readonly kind: 'clock'; readonly timeMs: number }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly message: string; readonly fields: object }
  | { readonly kind: 'progress'; readonly progress: TapeProgress }
  | { readonly kind: 'ended'; readonly outcome: TapeOutcome }
  | { readonly kind: 'failed'; readonly failure: ToldFailure };

/** To the tape. */
export type ToTape =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly failure: ToldFailure }
  | { readonly kind: 'abort' };

/** An error as it is told: a copy of one has forgotten of which class it was, and what it carried. */
export interface ToldFailure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Of the system's errors. */
  readonly code: string | undefined;
  readonly path: string | undefined;
  /** Of a condition: the item that was otherwise. */
  readonly failed: ItemKey | undefined;
  /** The call that was refused with it; null: it did not come from a port. */
  readonly callId: number | null;
}

/** @param callId of the call that failed; null: none did */
export function toldFailure(error: unknown, callId: number | null): ToldFailure {
  if (!(error instanceof Error))
    return { ...toldFailure(new Error(String(error)), callId), stack: undefined };
  const { name, message, stack } = error;
  const { code, path } = error as NodeJS.ErrnoException;
  const failed = error instanceof ConditionFailed ? error.failed : undefined;
  return { name, message, stack, code, path, failed, callId };
}

/** The error again; of its class where a tape goes on from it. */
export function failureTold({ name, message, stack, code, path, failed }: ToldFailure): Error {
  const error =
    failed === undefined ? Object.assign(new Error(message), { name }) : new ConditionFailed(failed);
  if (stack !== undefined) error.stack = stack;
  if (code !== undefined) Object.assign(error, { code });
  if (path !== undefined) Object.assign(error, { path });
  return error;
}
