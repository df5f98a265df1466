/** As much of an update, and of a snapshot, as it takes to place one among the others. */
interface Placed {
  readonly updateIds: { readonly last: number } | null;
}
interface Snapshot {
  readonly updateId: number | null;
  readonly isBrief?: boolean;
}

/** For a minute a deeper snapshot may take the place of a brief one; after that it must have been asked for later. */
const MAX_DELTAS = 600;

/** A book that a brief snapshot began: the updates that followed, among which a deeper snapshot takes its place. */
export class SinceBrief<Delta extends Placed> {
  readonly #deltas: Delta[] = [];
  /** All updates past this one are here. */
  #fromId: number;

  /** @param updateId of the brief snapshot. */
  constructor(updateId: number) {
    this.#fromId = updateId;
  }

  /** In their order. */
  get deltas(): readonly Delta[] {
    return this.#deltas;
  }

  note(delta: Delta): void {
    this.#deltas.push(delta);
    if (this.#deltas.length > MAX_DELTAS) this.#fromId = this.#deltas.shift()!.updateIds!.last;
  }

  /** Whether it tells more, and what changed since is known. */
  isDeepenedBy({ updateId, isBrief }: Snapshot): boolean {
    return isBrief !== true && updateId !== null && updateId >= this.#fromId;
  }
}
