import { killSwitchKey, limitsKey } from '../../../shared/contracts/record-keys.ts';
import {
  DEFAULT_LIMITS,
  INITIAL_KILL_SWITCH,
  killSwitchRecord,
  limitsRecord,
  PAPER_ACCOUNT_ID,
  type KillSwitchRecord,
  type LimitsRecord,
} from '../../../shared/contracts/records.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { ItemKey, StateStore } from '../../../shared/ports/state-store.ts';
import { log } from '../../../shared/runtime/log.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';

/**
 * Risk limits and the kill switch. What is shown is what is stored, since decisions are made by nothing else; before
 * the account is opened, which the first strategy does, it is what that will store. Looking writes nothing.
 */
export function createHandler({ state }: Pick<Ports, 'state'>, nowMs: () => number = Date.now) {
  return defineRestFunction('manage-risk', {
    'GET /v1/risk/limits': async () => {
      const item = await state.get('orders', limitsKey(PAPER_ACCOUNT_ID));
      return { kind: 'done', body: limitsRecord.parse(item === null ? DEFAULT_LIMITS : item.value) };
    },
    'PUT /v1/risk/limits': async ({ body, subject }) => {
      const limits: LimitsRecord = body;
      await replace(state, limitsKey(PAPER_ACCOUNT_ID), limits);
      log.warn('risk limits changed', { by: subject, ...limits });
      return { kind: 'done', body: limits };
    },
    'GET /v1/risk/kill-switch': async () => {
      const item = await state.get('orders', killSwitchKey(PAPER_ACCOUNT_ID));
      return { kind: 'done', body: killSwitchRecord.parse(item === null ? INITIAL_KILL_SWITCH : item.value) };
    },
    'PUT /v1/risk/kill-switch': async ({ body, subject }) => {
      const killSwitch: KillSwitchRecord = { ...body, by: subject, atMs: nowMs() };
      await replace(state, killSwitchKey(PAPER_ACCOUNT_ID), killSwitch);
      log.warn('kill switch changed', killSwitch);
      return { kind: 'done', body: killSwitch };
    },
  });
}

/** The last word counts: whoever stops trading must not be told to read again first. */
async function replace(state: StateStore, key: ItemKey, value: unknown): Promise<void> {
  await state.write({ kind: 'put', table: 'orders', ...key, value, condition: { kind: 'none' } });
}
