import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';
import type { Notice } from './platform-access.ts';

interface Toast extends Notice {
  readonly id: number;
}

const MOST_TOASTS = 4;
const GOOD_NEWS_MS = 4000;

export interface Toasts {
  readonly toasts: readonly Toast[];
  notify(notice: Notice): void;
  dismiss(id: number): void;
}

/** Good news goes by itself, bad news stays until it is dismissed. Said twice, it shows once. */
export function useToasts(): Toasts {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const lastId = useRef(0);
  const dismiss = (id: number): void => setToasts((known) => known.filter((toast) => toast.id !== id));
  const notify = useRef((notice: Notice): void => {
    const id = ++lastId.current;
    setToasts((known) => {
      const others = known.filter(({ text }) => text !== notice.text);
      return [...others, { ...notice, id }].slice(-MOST_TOASTS);
    });
    if (notice.tone === 'good') setTimeout(() => dismiss(id), GOOD_NEWS_MS);
  }).current;
  return { toasts, notify, dismiss };
}

/** A mistake of the page itself is shown like any other. */
export function useUnexpectedErrors(notify: (notice: Notice) => void): void {
  useEffect(() => {
    const tell = (reason: unknown): void =>
      notify({
        tone: 'bad',
        text: `The page made a mistake: ${reason instanceof Error ? reason.message : String(reason)}`,
      });
    const onError = (event: ErrorEvent): void => tell(event.error ?? event.message);
    const onRejection = (event: PromiseRejectionEvent): void => tell(event.reason);
    window.addEventListener('error', onError);
    window.addEventListener('unhandledrejection', onRejection);
    return () => {
      window.removeEventListener('error', onError);
      window.removeEventListener('unhandledrejection', onRejection);
    };
  }, [notify]);
}

export function ToastList({ toasts, dismiss }: Pick<Toasts, 'toasts' | 'dismiss'>) {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map(({ id, tone, text }) => (
        <p key={id} class={`toast ${tone}`}>
          <Icon name={tone === 'good' ? 'check' : 'warning'} />
          <span>{text}</span>
          <button type="button" class="quiet" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="cross" />
          </button>
        </p>
      ))}
    </div>
  );
}
