import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectStore } from '../../shared/ports/object-store.ts';

const ANSWER_MS = 5;

/** Objects in memory, each call to which takes a moment, as over a network: how many were under way at once can be seen. */
export class SlowObjects implements ObjectStore {
  readonly objects = new Map<string, Uint8Array>();
  most = 0;
  #underWay = 0;

  async put(key: string, body: Uint8Array): Promise<void> {
    await this.#answer(() => this.objects.set(key, body));
  }

  async putNew(key: string, body: Uint8Array): Promise<boolean> {
    return this.#answer(() => !this.objects.has(key) && this.objects.set(key, body).has(key));
  }

  async get(key: string): Promise<Uint8Array | null> {
    return this.#answer(() => this.objects.get(key) ?? null);
  }

  async list(): Promise<readonly string[]> {
    return [...this.objects.keys()].sort();
  }

  async #answer<T>(act: () => T): Promise<T> {
    this.most = Math.max(this.most, ++this.#underWay);
    await sleep(ANSWER_MS);
    this.#underWay--;
    return act();
  }
}
