import { EXIT_INTERRUPTED } from './command.ts';

/**
 * A terminal sends Ctrl-C to the launcher and to this process, and the launcher passes it on: signals that
 * arrive this close together are one wish.
 */
const SAME_WISH_MS = 1_000;

/** The part of `process` that is needed, so that a test can be it. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): void;
}

export interface Interruption {
  readonly signal: AbortSignal;
  /** As Ctrl-C does. */
  interrupt(): void;
}

/**
 * The first Ctrl-C or SIGTERM asks the command to stop cleanly; another one ends the process at once.
 * @param nowMs a monotonic clock
 */
export function listenForInterruption(
  source: SignalSource,
  tell: (line: string) => void,
  nowMs: () => number,
): Interruption {
  const controller = new AbortController();
  let firstAtMs: number | null = null;
  const interrupt = (): void => {
    if (firstAtMs === null) {
      firstAtMs = nowMs();
      tell('stopping; Ctrl-C again ends at once');
      controller.abort();
    } else if (nowMs() - firstAtMs >= SAME_WISH_MS) {
      source.exit(EXIT_INTERRUPTED);
    }
  };
  source.on('SIGINT', interrupt);
  source.on('SIGTERM', interrupt);
  return { signal: controller.signal, interrupt };
}
