import { killSwitchKey, statesKey } from '../contracts/record-keys.ts';
import { killSwitchRecord } from '../contracts/records.ts';
import { statesRecord } from '../contracts/risk-records.ts';
import type { RiskState } from '../domain/risk/check-order.ts';
import type { StateStore } from '../ports/state-store.ts';

/**
 * Whether somebody stopped trading, read consistently. What is damaged becomes null, which denies; so does a kill switch
 * that is missing. Trading states an account has only once something is stopped.
 */
export async function readStops(
  state: StateStore,
  accountId: string,
): Promise<Pick<RiskState, 'killSwitchEngaged' | 'states'>> {
  const [killSwitch, states] = await Promise.all([
    state.get('orders', killSwitchKey(accountId)),
    state.get('orders', statesKey(accountId)),
  ]);
  return {
    killSwitchEngaged: killSwitchRecord.safeParse(killSwitch?.value).data?.engaged ?? null,
    states: states === null ? [] : (statesRecord.safeParse(states.value).data?.states ?? null),
  };
}
