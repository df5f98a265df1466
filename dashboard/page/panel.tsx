import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { failureText, type Failure } from '../api/api-client.ts';
import { Icon } from './icon.tsx';

interface PanelProps {
  readonly title: ComponentChildren;
  /** Names its place in the grid of the page. */
  readonly place: string;
  /** Beside the title: what can be chosen or begun. */
  readonly aside?: ComponentChildren;
  /** Why what it shows may be old. */
  readonly failure?: Failure | null;
  readonly children: ComponentChildren;
}

export function Panel({ title, place, aside, failure = null, children }: PanelProps) {
  const id = useId();
  return (
    <section class={`panel at-${place}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {failure !== null && <FailureNote failure={failure} />}
        <div class="panel-aside">{aside}</div>
      </header>
      <div class="panel-body">{children}</div>
    </section>
  );
}

/** In one line, which the whole text is behind. */
function FailureNote({ failure }: { readonly failure: Failure }) {
  const text = failureText(failure);
  return (
    <p class="failure-note" role="status" title={text}>
      <Icon name="warning" /> Not up to date: {text}
    </p>
  );
}

/** What to do where there is nothing yet. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** Where a form says what was wrong with it. */
export function FormFailure({ text }: { readonly text: string | null }) {
  if (text === null) return null;
  return (
    <p class="form-failure" role="alert">
      <Icon name="warning" /> {text}
    </p>
  );
}
