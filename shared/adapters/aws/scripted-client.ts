/** A stand-in for an SDK client in tests: answers each command from a script and keeps what it was sent. */
interface Sent {
  readonly command: string;
  // Tests look into the input of whichever command they scripted.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly input: any;
}

export interface ScriptedClient {
  readonly sent: readonly Sent[];
  /** Hand this to an adapter as its client. */
  as<Client>(): Client;
}

/** @param answer gives the response to a command, or throws the service's error. */
export function scriptedClient(answer: (sent: Sent, index: number) => unknown): ScriptedClient {
  const sent: Sent[] = [];
  const client = {
    send: async (command: { readonly input: unknown }) => {
      const entry: Sent = { command: command.constructor.name, input: command.input };
      sent.push(entry);
      return answer(entry, sent.length - 1);
    },
  };
  return { sent, as: <Client>() => client as unknown as Client };
}
