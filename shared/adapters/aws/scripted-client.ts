/** A stand-in for an SDK client in tests: answers each command from a script and keeps what it was sent. */
export interface Sent<Input> {
  /** The command's class. */
  readonly command: string;
  readonly input: Input;
}

export interface ScriptedClient<Input> {
  readonly sent: readonly Sent<Input>[];
  /** Fits wherever an adapter wants the client of a service. */
  readonly client: never;
}

/** @param answer gives the response to a command, or throws the service's error. */
export function scriptedClient<Input>(
  answer: (sent: Sent<Input>, index: number) => unknown,
): ScriptedClient<Input> {
  const sent: Sent<Input>[] = [];
  const client = {
    send: async (command: { readonly input: Input }) => {
      const entry: Sent<Input> = { command: command.constructor.name, input: command.input };
      sent.push(entry);
      return answer(entry, sent.length - 1);
    },
  };
  return { sent, client: client as never };
}
