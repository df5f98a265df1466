/** Who looks at everything that is done to the fabric, at the moment at which it is done, and says what must never be. */
import { deskMessage, type DeskMessage } from '../../shared/contracts/desk-messages.ts';
import type { BusEvent } from '../../shared/ports/event-bus.ts';
import type { QueueMessage } from '../../shared/ports/queue-sender.ts';
import type { ItemKey, PutWrite, Write } from '../../shared/ports/state-store.ts';
import type { StreamRecord } from '../../shared/ports/stream-writer.ts';
import type { FunctionName, TableName } from '../../shared/topology.ts';
import type { DurableStores } from './durable.ts';

/** What a law may look at. */
export interface View {
  readonly stores: DurableStores;
  readonly nowMs: number;
}

/** What somebody found in a table. */
export interface Reading extends ItemKey {
  readonly functionName: FunctionName;
  readonly table: TableName;
  readonly value: unknown;
}

export interface Law {
  readonly name: string;
  /** Writes that were committed together. @returns what is wrong with them; null: nothing */
  onWrites?(writes: readonly Write[], view: View): string | null;
  onRead?(reading: Reading, view: View): string | null;
  onPublished?(events: readonly BusEvent[], view: View): string | null;
  onSent?(messages: readonly QueueMessage[], view: View): string | null;
  onAppended?(records: readonly StreamRecord[], view: View): string | null;
  /** Nothing is under way any more, and nothing has gone wrong for long. */
  atEnd?(view: View): string | null;
}

export interface Violation {
  readonly law: string;
  readonly what: string;
  readonly atMs: number;
}

/** Asks each law in turn, and keeps the first answer. */
export class Watch {
  violation: Violation | null = null;
  readonly #laws: readonly Law[];
  readonly #stores: DurableStores;
  readonly #now: () => number;

  constructor(laws: readonly Law[], stores: DurableStores, now: () => number) {
    this.#laws = laws;
    this.#stores = stores;
    this.#now = now;
  }

  writes(writes: readonly Write[]): void {
    this.#ask((law, view) => law.onWrites?.(writes, view));
  }

  read(reading: Reading): void {
    this.#ask((law, view) => law.onRead?.(reading, view));
  }

  published(events: readonly BusEvent[]): void {
    this.#ask((law, view) => law.onPublished?.(events, view));
  }

  sent(messages: readonly QueueMessage[]): void {
    this.#ask((law, view) => law.onSent?.(messages, view));
  }

  appended(records: readonly StreamRecord[]): void {
    this.#ask((law, view) => law.onAppended?.(records, view));
  }

  ended(): void {
    this.#ask((law, view) => law.atEnd?.(view));
  }

  broken(law: string, what: string): void {
    this.violation ??= { law, what, atMs: this.#now() };
  }

  #ask(question: (law: Law, view: View) => string | null | undefined): void {
    const view = { stores: this.#stores, nowMs: this.#now() };
    for (const law of this.#laws) {
      const what = question(law, view);
      if (what !== null && what !== undefined) this.broken(law.name, what);
    }
  }
}

/** Of a commit, what was put under keys of this kind: the first parts of their two keys. */
export function putsOf(writes: readonly Write[], table: string, pkKind: string, skKind: string): PutWrite[] {
  return writes.filter(
    (write): write is PutWrite =>
      write.kind === 'put' &&
      write.table === table &&
      write.pk.startsWith(`${pkKind}#`) &&
      (write.sk === skKind || write.sk.startsWith(`${skKind}#`)),
  );
}

/** Of messages that were sent, those to desks. */
export function deskMessagesOf(messages: readonly QueueMessage[]): readonly DeskMessage[] {
  return messages.flatMap(({ body }) => deskMessage.safeParse(JSON.parse(body)).data ?? []);
}

/** The records of one kind, as they lie there now. */
export function recordsOf<T>({ state }: DurableStores, table: string, pkKind: string, skKind: string): T[] {
  const found: T[] = [];
  for (const item of state.kept())
    if (
      item.table === table &&
      item.pk.startsWith(`${pkKind}#`) &&
      (item.sk === skKind || item.sk.startsWith(`${skKind}#`))
    )
      found.push(state.valueOf(item) as T);
  return found;
}
