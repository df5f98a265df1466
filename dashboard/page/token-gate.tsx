import { Logo } from './icon.tsx';

interface TokenGateProps {
  readonly title: string;
  /** Why the page does not show; null: nobody has given a token yet. */
  readonly detail: string | null;
}

export function TokenGate({ title, detail }: TokenGateProps) {
  return (
    <main class="gate">
      <Logo />
      <h1>{title}</h1>
      {detail !== null && <p class="form-failure">{detail}</p>}
      <p>
        Open the address that <code>millrace start</code> printed, or run <code>npx millrace token</code> and
        put what it prints behind <code>#token=</code> in this page’s address.
      </p>
    </main>
  );
}
