/**
 * A store, queue, bus or service that cannot be reached now: the network, a time-out, a server that fails or refuses
 * for lack of room. It says nothing of what was sent, which is nobody's poison: whoever meets it waits and tries
 * again. Every adapter throws it for those causes, and for no other.
 */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  /** What could not be reached, as people name it: `ClickHouse`, `state.db`, `Kinesis`. */
  readonly store: string;

  /** @param cause what the store, its driver or the system said. */
  constructor(store: string, cause: unknown) {
    super(`${store} cannot be reached: ${firstLineOf(cause)}`, { cause });
    this.store = store;
  }
}

const MAX_CAUSE_CHARS = 300;

/** A driver's message may carry a whole statement behind its first line. */
function firstLineOf(cause: unknown): string {
  const said = typeof cause === 'string' ? cause : messageOf(cause);
  return said.split('\n', 1)[0]!.slice(0, MAX_CAUSE_CHARS);
}

function messageOf(cause: unknown): string {
  const { message, name } = cause as Partial<Error>;
  return message || name || String(cause);
}
