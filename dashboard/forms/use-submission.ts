import { useState } from 'preact/hooks';
import { failureText, type Answer } from '../api/api-client.ts';

export interface Submission {
  readonly isBusy: boolean;
  /** Why it was not done; null: it was, or was not tried yet. */
  readonly failure: string | null;
  /** Asks the platform, once at a time. */
  submit<T>(ask: () => Promise<Answer<T>>, onDone: (body: T) => void): void;
  /** What is wrong before the platform is asked. */
  refuse(detail: string): void;
}

/** What a form does with its answer: a refusal stays in the form, in its own words. */
export function useSubmission(): Submission {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  return {
    isBusy,
    failure,
    refuse: setFailure,
    submit: (ask, onDone) => {
      if (isBusy) return;
      setBusy(true);
      setFailure(null);
      void ask().then((answer) => {
        setBusy(false);
        if (answer.kind === 'done') onDone(answer.body);
        else setFailure(failureText(answer));
      });
    },
  };
}
