/** Reading the same thing again and again, one reading at a time. */
import type { Answer } from './api-client.ts';

export interface PollOptions<T> {
  readonly read: () => Promise<Answer<T>>;
  readonly onAnswer: (answer: Answer<T>) => void;
  /** From the end of one reading to the next; null: only when asked, and after a failure. */
  readonly everyMs: () => number | null;
  /** Nobody looks: reading rests until the next refresh. */
  readonly isHidden: () => boolean;
}

export interface Poll {
  /** Reads now; while a reading is under way, once more after it, since it may have begun too early. */
  refresh(): void;
  stop(): void;
}

const AFTER_FAILURE_MS = 3000;

export function startPoll<T>({ read, onAnswer, everyMs, isHidden }: PollOptions<T>): Poll {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isReading = false;
  let isWanted = false;
  let isOver = false;

  async function readOnce(): Promise<void> {
    clearTimeout(timer);
    isReading = true;
    isWanted = false;
    const answer = await read();
    isReading = false;
    if (isOver) return;
    onAnswer(answer);
    schedule(everyMs() ?? (answer.kind === 'done' ? null : AFTER_FAILURE_MS));
  }

  function schedule(pauseMs: number | null): void {
    if (isWanted) return void readOnce();
    if (pauseMs === null) return;
    timer = setTimeout(() => {
      if (!isHidden()) void readOnce();
    }, pauseMs);
  }

  void readOnce();
  return {
    refresh: () => {
      if (isOver) return;
      if (isReading) isWanted = true;
      else void readOnce();
    },
    stop: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
