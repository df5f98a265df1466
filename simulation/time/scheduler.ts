/**
 * The one thing that happens next: everything that waits, for a timer or for its turn at a port, waits here. Time is what the
 * next of them is due at; of those due at one instant the seed chooses.
 */
import { setImmediate as rest } from 'node:timers/promises';
import type { Chance } from './chance.ts';

interface Entry {
  readonly atMs: number;
  /** Drawn when it was set. */
  readonly draw: number;
  action: (() => void) | null;
}

export class Scheduler {
  readonly #chance: Chance;
  /** A binary heap. */
  readonly #entries: Entry[] = [];
  #nowMs: number;
  #steps = 0;

  constructor(startMs: number, chance: Chance) {
    this.#nowMs = startMs;
    this.#chance = chance;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get steps(): number {
    return this.#steps;
  }

  /** @returns what calls it off. */
  at(dueMs: number, action: () => void): () => void {
    const entry: Entry = { atMs: Math.max(this.#nowMs, Math.ceil(dueMs)), draw: this.#chance.next(), action };
    this.#push(entry);
    return () => {
      entry.action = null;
    };
  }

  /**
   * Lets the next thing happen, and what it set off come to rest: nothing here waits for anything but the scheduler, so once
   * the event loop has nothing left to do everybody does.
   * @returns false: nothing waits.
   */
  async step(): Promise<boolean> {
    for (;;) {
      const entry = this.#pop();
      if (entry === null) return false;
      const { action, atMs } = entry;
      if (action === null) continue;
      this.#nowMs = atMs;
      this.#steps++;
      entry.action = null;
      action();
      await rest();
      return true;
    }
  }

  #push(entry: Entry): void {
    const heap = this.#entries;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = entry;
  }

  #pop(): Entry | null {
    const heap = this.#entries;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: Entry): void {
    const heap = this.#entries;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, entry)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.draw < b.draw);
}
