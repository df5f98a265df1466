/** Instances that a data folder has from an earlier start: they keep what they were created with. */
import { definitionKey } from '../../../shared/contracts/record-keys.ts';
import type { StrategyRecord } from '../../../shared/contracts/records.ts';
import type { StrategyInstance } from '../../../shared/domain/strategies/strategy.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { BadInput } from '../../command-line/bad-input.ts';
import type { StartValues } from './start-options.ts';

/** What an instance is created with once, by the option that says it. */
const TERMS = [
  ['capital', 'capital'],
  ['fee', 'feeRate'],
  ['slippage', 'slippage'],
] as const satisfies readonly (readonly [keyof StartValues, keyof StrategyInstance])[];

/**
 * A ledger cannot begin with other cash once it has begun, nor can fees be other than those of the fills that it has.
 * What is not given is not compared: started again without options, a folder goes on as it was.
 * @throws BadInput where an option says something else than an instance was created with
 */
export async function refuseOtherTerms(
  state: StateStore,
  instances: readonly StrategyInstance[],
  values: Pick<StartValues, 'capital' | 'fee' | 'slippage'>,
): Promise<void> {
  const given = TERMS.filter(([option]) => values[option] !== null);
  if (given.length === 0) return;
  for (const instance of instances) {
    const kept = await state.get<StrategyRecord>('signals', definitionKey(instance.strategyId));
    if (kept === null) continue;
    const changed = given.find(([, field]) => kept.value[field] !== instance[field]);
    if (changed === undefined) continue;
    const [option, field] = changed;
    throw new BadInput(
      `--${option}: ${instance.name} on ${instance.instrumentId} in this data folder was created with ` +
        `${kept.value[field]}, expected that, no --${option} or another --data-dir, got ${gotOf(instance[field], values[option])}`,
    );
  }
}

function gotOf(own: string, given: string | null): string {
  return own === given ? own : `${own}, its share of ${String(given)}`;
}
