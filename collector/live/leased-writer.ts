import type { StreamRecord, StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { StreamName } from '../../shared/topology.ts';
import type { Lease } from './lease.ts';

/** Sends only while the lease is held, as far as its holder can know: what it cannot know, readers see by the fence. */
export class LeasedWriter implements StreamWriter {
  readonly #writer: StreamWriter;
  readonly #lease: Pick<Lease, 'assure'>;

  constructor(writer: StreamWriter, lease: Pick<Lease, 'assure'>) {
    this.#writer = writer;
    this.#lease = lease;
  }

  /** @throws LeaseLost */
  async append(stream: StreamName, records: readonly StreamRecord[]): Promise<void> {
    await this.#lease.assure();
    await this.#writer.append(stream, records);
  }
}
