import * as z from 'zod';
import { collectorPositionKey } from '../../shared/contracts/record-keys.ts';
import { conditionOn, type StateStore } from '../../shared/ports/state-store.ts';

const line = z.int().min(0);

/** How far a tape has come. Everything before it is durable and has settled. */
export const tapePosition = z.object({
  done: z.boolean(),
  /** Of the run that came so far. */
  sessionId: z.string(),
  /** Of the replay clock; −1: not begun. */
  clockMs: z.int(),
  boundaries: z.object({ released: z.record(z.string(), z.int()) }),
  /** By the source's id. */
  sources: z.record(
    z.string(),
    z.object({
      /** The first message that is not known to be sent. */
      nextLine: line,
      /** By exchange. */
      archive: z.record(z.string(), z.object({ chunk: z.int().min(0), firstLine: line })),
    }),
  ),
});
export type TapePosition = z.infer<typeof tapePosition>;

/** Keeps the position of one tape in the store, under the condition that nobody else moves it. */
export class PositionKeeper {
  readonly #state: StateStore;
  readonly #sourceId: string;
  #version: number | null = null;

  constructor(state: StateStore, sourceId: string) {
    this.#state = state;
    this.#sourceId = sourceId;
  }

  /** `null`: never begun. To be called before the first `save`. */
  async load(): Promise<TapePosition | null> {
    const item = await this.#state.get('operations', collectorPositionKey(this.#sourceId));
    if (item === null) return null;
    this.#version = item.version;
    return tapePosition.parse(item.value);
  }

  /** @throws ConditionFailed when another collector is at work on the same tape. */
  async save(position: TapePosition): Promise<void> {
    const condition = conditionOn(this.#version);
    await this.#state.write({
      kind: 'put',
      table: 'operations',
      ...collectorPositionKey(this.#sourceId),
      value: position,
      condition,
    });
    this.#version = (this.#version ?? 0) + 1;
  }
}
