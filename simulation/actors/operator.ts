import { killSwitchKey } from '../../shared/contracts/record-keys.ts';
import type { KillSwitchRecord } from '../../shared/contracts/records.ts';
import type { PutWrite, StateStore } from '../../shared/ports/state-store.ts';
import type { Watch } from '../fabric/watch.ts';
import type { Chance } from '../time/chance.ts';
import type { Life } from '../time/life.ts';
import { ACCOUNTS } from './trader.ts';

interface OperatorOptions {
  readonly life: Life;
  readonly chance: Chance;
  readonly state: StateStore;
  readonly watch: Watch;
}

/** Of a seed's accounts, so many have their trading stopped for a while. */
const LIKELIHOOD = 0.6;
const FIRST_AT_MS = 5_000;
const WITHIN_MS = 15_000;
const LASTS_MS = 30_000;
const QUICK_MS = 20;

/** Stops an account and lets it go on, as somebody does who watches it. */
export class Operator {
  readonly #options: OperatorOptions;
  /** Accounts whose next order is one too many. */
  readonly #watched = new Set<string>();

  constructor(options: OperatorOptions) {
    this.#options = options;
  }

  start(): void {
    const { life, chance } = this.#options;
    for (const account of ACCOUNTS) {
      if (!chance.happens(LIKELIHOOD)) continue;
      const atMs = FIRST_AT_MS + chance.below(WITHIN_MS);
      life.after(atMs, () => this.#watched.add(account));
    }
  }

  /** Acts upon the order that was just approved: it is on its way then. */
  sawOrder(account: string): void {
    const { life, chance } = this.#options;
    if (!this.#watched.delete(account)) return;
    const inMs = chance.below(QUICK_MS);
    life.after(inMs, () => void this.#set(account, true));
    life.after(inMs + LASTS_MS, () => void this.#set(account, false));
  }

  /** Everybody may trade, and what was stopped for now stays so. */
  async release(): Promise<void> {
    this.#options.life.end();
    for (const account of ACCOUNTS) await this.#set(account, false);
  }

  async #set(account: string, engaged: boolean): Promise<void> {
    const { life, state, watch } = this.#options;
    const value: KillSwitchRecord = { engaged, reason: 'simulated', by: 'operator', atMs: life.nowMs() };
    const write: PutWrite = {
      kind: 'put',
      table: 'orders',
      ...killSwitchKey(account),
      value,
      condition: { kind: 'none' },
    };
    await state.write(write);
    watch.writes([write]);
  }
}
