import { failureText, type Failure } from '../api/api-client.ts';
import { Logo } from './icon.tsx';
import { FormFailure } from './panel.tsx';

interface WaitingProps {
  readonly failure: Failure | null;
  /** Whether the platform has answered, and has no market yet. */
  readonly isRead: boolean;
}

/** Until the first candle there is nothing to choose from. */
export function Waiting({ failure, isRead }: WaitingProps) {
  return (
    <main class="gate" aria-busy="true">
      <Logo />
      <h1>Millrace</h1>
      <FormFailure text={failure === null ? null : failureText(failure)} />
      <p>
        {isRead
          ? 'Waiting for the first candle to close. Where no market was given, start the platform with a replay, a live exchange, or nothing for a simulated one.'
          : 'Asking the platform…'}
      </p>
    </main>
  );
}
