/** Whether an account, a strategy or an instrument may trade. What nobody said anything of is ACTIVE. */
import type { CheckedOrder } from './rule.ts';

export const TRADING_STATES = ['ACTIVE', 'REDUCING', 'HALTED'] as const;
export type TradingState = (typeof TRADING_STATES)[number];

export const STATE_SCOPES = ['account', 'strategy', 'instrument'] as const;
export type StateScope = (typeof STATE_SCOPES)[number];

/** What somebody said of something. */
export interface SetState {
  readonly scope: StateScope;
  /** The id of the account, the strategy or the instrument. */
  readonly name: string;
  /** `REDUCING`: only what makes positions smaller; `HALTED`: nothing. */
  readonly state: Exclude<TradingState, 'ACTIVE'>;
  readonly reason: string;
  readonly by: string;
  readonly atMs: number;
  /** From when on it counts no more; null: until it is lifted. */
  readonly untilMs: number | null;
}

export type TradingStates = readonly SetState[];

export function isOver({ untilMs }: Pick<SetState, 'untilMs'>, nowMs: number): boolean {
  return untilMs !== null && nowMs >= untilMs;
}

/** Why an order may not be, by the strictest of the states that concern it; null: it may. */
export function reasonByStates(
  order: Pick<CheckedOrder, 'accountId' | 'strategyId' | 'instrumentId' | 'reduces'>,
  states: TradingStates,
  nowMs: number,
): string | null {
  let reducing: SetState | null = null;
  for (const one of states) {
    if (isOver(one, nowMs) || one.name !== nameIn(order, one.scope)) continue;
    if (one.state === 'HALTED') return sentenceOf(one);
    reducing ??= one;
  }
  return reducing === null || order.reduces ? null : sentenceOf(reducing);
}

function nameIn(
  order: Pick<CheckedOrder, 'accountId' | 'strategyId' | 'instrumentId'>,
  scope: StateScope,
): string {
  switch (scope) {
    case 'account':
      return order.accountId;
    case 'strategy':
      return order.strategyId;
    case 'instrument':
      return order.instrumentId;
  }
}

function sentenceOf({ scope, name, state, reason, by, untilMs }: SetState): string {
  const until = untilMs === null ? '' : ` until ${new Date(untilMs).toISOString()}`;
  return `${scope} ${name} is ${state} by ${by}${until}: ${reason}`;
}

/** Sets one state in place of what was said of the same thing before. What is over is forgotten. */
export function withState(
  states: TradingStates,
  change: Omit<SetState, 'state'> & { readonly state: TradingState },
  nowMs: number,
): TradingStates {
  const others = states.filter(
    (one) => !isOver(one, nowMs) && !(one.scope === change.scope && one.name === change.name),
  );
  const { state } = change;
  return state === 'ACTIVE' ? others : [...others, { ...change, state }];
}
