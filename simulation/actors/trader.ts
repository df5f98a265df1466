import { limitsKey } from '../../shared/contracts/record-keys.ts';
import { plainAccount, type Account } from '../../shared/domain/accounts/account.ts';
import { PLAIN_FILL } from '../../shared/domain/accounts/paper-model.ts';
import { ONE } from '../../shared/domain/decimal.ts';
import type { RiskLimits } from '../../shared/domain/risk/rules.ts';
import { strategyInstance } from '../../shared/domain/strategies/instance.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { openAccount } from '../../shared/runtime/accounts.ts';
import { createStrategy } from '../../shared/runtime/create-strategy.ts';
import { watchedState } from '../fabric/watched-ports.ts';
import type { Watch } from '../fabric/watch.ts';
import { chanceOf } from '../time/chance.ts';

export const ACCOUNTS = ['first', 'second'] as const;
/** In two lanes at least. */
export const INSTRUMENTS = ['binance:BTC-USDT', 'binance:ETH-USDT', 'binance:SOL-USDT'] as const;
const SLIPPAGES = ['0', '0.0005'] as const;
/** Added to a candle's close; null: as it is observed. */
const LATENCIES_MS = [null, 0, 300, 2000] as const;
const CROSSOVERS = [
  { fastPeriod: 1, slowPeriod: 2 },
  { fastPeriod: 1, slowPeriod: 3 },
  { fastPeriod: 2, slowPeriod: 4 },
] as const;

/** Its orders have no more of a trade than there is, and most of them fill in parts. */
const THIN: Account = {
  ...plainAccount('second'),
  paper: { ...plainAccount('second').paper, fill: { ...PLAIN_FILL, volumeCap: ONE } },
};

/** Each has a number in this order. */
export const DESKS = ACCOUNTS.flatMap((accountId) =>
  INSTRUMENTS.map((instrumentId) => ({ accountId, instrumentId })),
);

interface DeskOptions {
  readonly seed: number;
  /** The numbers of those that trade; null: all do. */
  readonly only: readonly number[] | null;
  readonly state: StateStore;
  readonly watch: Watch;
  readonly nowMs: number;
}

/** Of what the desks of an account have to spend together, so much may be in the market; null: no limit. */
const GROSS_LIMITS = [null, 0.3, 0.6] as const;

/** A strategy on each instrument, for each of the accounts, that changes its mind every few seconds. */
export async function openDesks({ seed, only, state, watch, nowMs }: DeskOptions): Promise<void> {
  const chance = chanceOf(seed, 'desks');
  const told = watchedState(state, watch, null);
  await openAccount(told, THIN, nowMs);
  const capitals = new Map<string, number>(ACCOUNTS.map((accountId) => [accountId, 0]));
  for (const [number, { accountId, instrumentId }] of DESKS.entries()) {
    const capital = 1000 * (1 + chance.below(20));
    capitals.set(accountId, capitals.get(accountId)! + capital);
    const instance = strategyInstance({
      accountId,
      name: 'ma-crossover',
      params: chance.oneOf(CROSSOVERS),
      instrumentId,
      interval: '1s',
      capital: String(capital),
      feeRate: '0.001',
      slippage: chance.oneOf(SLIPPAGES),
      latencyMs: chance.oneOf(LATENCIES_MS),
    });
    if ('error' in instance) throw new Error(instance.error);
    if (only === null || only.includes(number)) await createStrategy(told, instance, nowMs);
  }
  for (const [accountId, capital] of capitals) {
    const share = chance.oneOf(GROSS_LIMITS);
    if (share === null) continue;
    const limits: Partial<RiskLimits> = { maxGrossNotional: String(Math.floor(capital * share)) };
    await told.write({
      kind: 'put',
      table: 'orders',
      ...limitsKey(accountId),
      value: limits,
      condition: { kind: 'none' },
    });
  }
}
