import { receivedAtMs, type CaptureMessage } from '../../shared/contracts/capture.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { RawArchiver, type ArchivePosition } from '../outlet/raw-archiver.ts';

export interface SourceArchiveOptions {
  readonly writer: StreamWriter;
  readonly sourceId: string;
  readonly log: Log;
  /** By exchange, where an earlier run left off. */
  readonly from: Readonly<Record<string, ArchivePosition>>;
  /** Where an exchange begins that no earlier run has met. */
  readonly firstLine: number;
}

/** The archive of one numbered source, an archiver for each exchange that speaks in it. */
export class SourceArchive {
  readonly #options: SourceArchiveOptions;
  readonly #archivers = new Map<string, { readonly fromLine: number; readonly archiver: RawArchiver }>();

  constructor(options: SourceArchiveOptions) {
    this.#options = options;
    for (const exchange of Object.keys(options.from)) this.#open(exchange);
  }

  /** Where the source must be read from, so that chunks that were not durable are packed again. */
  static firstLineOf(from: Readonly<Record<string, ArchivePosition>>, nextLine: number): number {
    return Math.min(nextLine, ...Object.values(from).map(({ firstLine }) => firstLine));
  }

  /** @returns a promise to wait for before the next message, or null. */
  add(message: CaptureMessage): Promise<void> | null {
    const { fromLine, archiver } = this.#archivers.get(message.exchange) ?? this.#open(message.exchange);
    if (message.line < fromLine) return null;
    return archiver.add(message.line, receivedAtMs(message.receivedAtNs), message.text);
  }

  positions(): Record<string, ArchivePosition> {
    return Object.fromEntries(
      [...this.#archivers].map(([exchange, { archiver }]) => [exchange, archiver.position()]),
    );
  }

  /** Resolves when everything that was added is durable. */
  async finish(): Promise<void> {
    await Promise.all([...this.#archivers.values()].map(async ({ archiver }) => archiver.finish()));
  }

  /** Resolves when nothing is under way any more, durable or not. */
  async idle(): Promise<void> {
    await Promise.all([...this.#archivers.values()].map(async ({ archiver }) => archiver.idle()));
  }

  #open(exchange: string): { readonly fromLine: number; readonly archiver: RawArchiver } {
    const { writer, sourceId, log, from, firstLine } = this.#options;
    const position = from[exchange] ?? { chunk: 0, firstLine };
    const archiver = new RawArchiver({ writer, sourceId, exchange, log, from: position });
    const opened = { fromLine: position.firstLine, archiver };
    this.#archivers.set(exchange, opened);
    return opened;
  }
}
