import type { BodyOf } from '../../../shared/contracts/api.ts';
import { killSwitchKey, limitsKey, statesKey } from '../../../shared/contracts/record-keys.ts';
import {
  INITIAL_KILL_SWITCH,
  killSwitchRecord,
  type KillSwitchRecord,
} from '../../../shared/contracts/records.ts';
import { limitsRecord } from '../../../shared/contracts/risk-limits.ts';
import { MAX_SET_STATES, statesRecord, type StatesRecord } from '../../../shared/contracts/risk-records.ts';
import { viewOfRules } from '../../../shared/contracts/risk-views.ts';
import { DEFAULT_LIMITS, type RiskLimits } from '../../../shared/domain/risk/rules.ts';
import { isOver, withState } from '../../../shared/domain/risk/trading-state.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { conditionOn, type StateStore } from '../../../shared/ports/state-store.ts';
import { isKnownAccount, unknownAccount } from '../../../shared/runtime/accounts.ts';
import { log } from '../../../shared/runtime/log.ts';
import { retryOnConflict } from '../../../shared/runtime/optimistic.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import type { RestOutcome } from '../../../shared/runtime/rest-outcome.ts';
import { accountHandlers } from './accounts.ts';

/**
 * Accounts, and of each its risk limits, trading states and kill switch. What is shown is what is stored, since decisions are made by nothing else; before
 * the account is opened, which the first strategy does, it is what that will store. Looking writes nothing.
 */
export function createHandler({ state }: Pick<Ports, 'state'>, nowMs: () => number = Date.now) {
  return defineRestFunction('manage-risk', {
    ...accountHandlers(state, nowMs),
    'GET /v1/risk/limits': async ({ query: { account } }) => {
      if (!(await isKnownAccount(state, account))) return unknownAccount(account);
      const item = await state.get('orders', limitsKey(account));
      return { kind: 'done', body: limitsRecord.parse(item === null ? DEFAULT_LIMITS : item.value) };
    },
    'PUT /v1/risk/limits': async ({ query: { account }, body, subject }) => {
      if (!(await isKnownAccount(state, account))) return unknownAccount(account);
      const limits = await retryOnConflict(async () => changeLimits(state, account, body));
      log.warn('risk limits changed', { account, by: subject, ...limits });
      return { kind: 'done', body: limits };
    },
    'GET /v1/risk/rules': async () => ({ kind: 'done', body: viewOfRules() }),
    'GET /v1/risk/states': async ({ query: { account } }) => {
      if (!(await isKnownAccount(state, account))) return unknownAccount(account);
      return { kind: 'done', body: await shownStates(state, account, nowMs()) };
    },
    'PUT /v1/risk/states': async ({ query: { account }, body, subject }) => {
      if (!(await isKnownAccount(state, account))) return unknownAccount(account);
      if (body.scope === 'account' && body.name !== account) {
        return { kind: 'conflict', detail: `the request is about account ${account}, not ${body.name}` };
      }
      const change = { ...body, by: subject, atMs: nowMs() };
      return retryOnConflict(async () => changeState(state, account, change));
    },
    'GET /v1/risk/kill-switch': async ({ query: { account } }) => {
      if (!(await isKnownAccount(state, account))) return unknownAccount(account);
      const item = await state.get('orders', killSwitchKey(account));
      return { kind: 'done', body: killSwitchRecord.parse(item === null ? INITIAL_KILL_SWITCH : item.value) };
    },
    'PUT /v1/risk/kill-switch': async ({ query: { account }, body, subject }) => {
      if (!(await isKnownAccount(state, account))) return unknownAccount(account);
      const killSwitch: KillSwitchRecord = { ...body, by: subject, atMs: nowMs() };
      await replaceKillSwitch(state, account, killSwitch);
      log.warn('kill switch changed', { account, ...killSwitch });
      return { kind: 'done', body: killSwitch };
    },
  });
}

async function shownStates(state: StateStore, account: string, nowMs: number): Promise<StatesRecord> {
  const item = await state.get('orders', statesKey(account));
  const { states } = item === null ? NOTHING_STOPPED : statesRecord.parse(item.value);
  return { states: states.filter((one) => !isOver(one, nowMs)) };
}

const NOTHING_STOPPED: StatesRecord = { states: [] };

/** States that cannot be read any more, which deny all orders, are put right by setting one. */
async function changeState(
  state: StateStore,
  account: string,
  change: Parameters<typeof withState>[1],
): Promise<RestOutcome<'PUT /v1/risk/states'>> {
  const place = { table: 'orders', ...statesKey(account) } as const;
  const item = await state.get('orders', place);
  const known = statesRecord.safeParse(item?.value).data ?? NOTHING_STOPPED;
  const states = [...withState(known.states, change, change.atMs)];
  if (states.length > MAX_SET_STATES) {
    const detail = `${MAX_SET_STATES} states are set: lift one first, or halt the account`;
    return { kind: 'conflict', detail };
  }
  const value: StatesRecord = { states };
  await state.write({ kind: 'put', ...place, value, condition: conditionOn(item?.version ?? null) });
  log.warn('trading state changed', change);
  return { kind: 'done', body: value };
}

/** Limits that cannot be read any more are put right by setting some: the others are then the defaults. */
async function changeLimits(
  state: StateStore,
  account: string,
  changes: BodyOf<'PUT /v1/risk/limits'>,
): Promise<RiskLimits> {
  const key = limitsKey(account);
  const item = await state.get('orders', key);
  const known = limitsRecord.safeParse(item?.value).data ?? DEFAULT_LIMITS;
  const value = limitsRecord.parse({ ...known, ...changes });
  const condition = conditionOn(item?.version ?? null);
  await state.write({ kind: 'put', table: 'orders', ...key, value, condition });
  return value;
}

/** The last word counts: whoever stops trading must not be told to read again first. */
async function replaceKillSwitch(state: StateStore, account: string, value: KillSwitchRecord): Promise<void> {
  const key = killSwitchKey(account);
  await state.write({ kind: 'put', table: 'orders', ...key, value, condition: { kind: 'none' } });
}
