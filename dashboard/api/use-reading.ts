import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Failure } from './api-client.ts';
import { startPoll, type Poll } from './poll.ts';

/** The last that could be read, and why the last attempt to read it again failed, if it did. */
export interface Reading<T> {
  readonly value: T | null;
  readonly failure: Failure | null;
  refresh(): void;
}

export interface ReadingOptions {
  /** Whose reading it is: when it changes, what was read of another is forgotten. */
  readonly of?: string;
  /** null: read when asked alone. */
  readonly everyMs: number | null;
  /** When it changes, it is read at once: the socket was away, and something may have been missed. */
  readonly after?: number;
}

interface Read<T> {
  readonly of: string;
  readonly value: T | null;
  readonly failure: Failure | null;
}

export function useReading<T>(read: () => Promise<Answer<T>>, options: ReadingOptions): Reading<T> {
  const { of = '', everyMs, after = 0 } = options;
  const [known, setKnown] = useState<Read<T>>({ of, value: null, failure: null });
  // The poll outlives a rendering, and must read with what the latest one knows.
  const latest = useRef({ read, everyMs });
  latest.current = { read, everyMs };
  const poll = useRef<Poll | null>(null);

  useEffect(() => {
    const running = startPoll<T>({
      read: async () => latest.current.read(),
      everyMs: () => latest.current.everyMs,
      isHidden: () => document.hidden,
      onAnswer: (answer) =>
        setKnown((before) => {
          if (answer.kind === 'done') return { of, value: answer.body, failure: null };
          return { of, value: before.of === of ? before.value : null, failure: answer };
        }),
    });
    poll.current = running;
    const onVisible = (): void => {
      if (!document.hidden) running.refresh();
    };
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      document.removeEventListener('visibilitychange', onVisible);
      running.stop();
    };
  }, [of]);

  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else poll.current?.refresh();
  }, [after, everyMs]);

  const refresh = useRef(() => poll.current?.refresh()).current;
  return known.of === of
    ? { value: known.value, failure: known.failure, refresh }
    : { value: null, failure: null, refresh };
}
