import type { Pusher } from '../../shared/ports/pusher.ts';

/** Keeps what was pushed, by connection. A test may say what becomes of a push instead. */
export class RecordingPusher implements Pusher {
  readonly pushed = new Map<string, unknown[]>();
  readonly #instead: (connectionId: string) => Promise<'delivered' | 'gone'>;

  constructor(instead: (connectionId: string) => Promise<'delivered' | 'gone'> = async () => 'delivered') {
    this.#instead = instead;
  }

  async push(connectionId: string, message: string): Promise<'delivered' | 'gone'> {
    const outcome = await this.#instead(connectionId);
    if (outcome === 'delivered')
      this.pushed.set(connectionId, [...this.to(connectionId), JSON.parse(message)]);
    return outcome;
  }

  to(connectionId: string): readonly unknown[] {
    return this.pushed.get(connectionId) ?? [];
  }
}
