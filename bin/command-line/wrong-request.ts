import type { WrongRequest } from '../../shared/domain/strategies/instance.ts';
import { BadInput } from './bad-input.ts';

const OPTIONS: Readonly<Record<WrongRequest['field'], string>> = {
  name: '--strategy',
  params: '--params',
  instrumentId: 'instrument',
  capital: '--capital',
  feeRate: '--fee',
  slippage: '--slippage',
};

/** What the domain found wrong with a strategy instance, by the option that gave it. */
export function wrongRequest({ field, error }: WrongRequest): BadInput {
  return new BadInput(`${OPTIONS[field]}: ${error}`);
}
