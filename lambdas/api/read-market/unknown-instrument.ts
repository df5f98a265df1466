import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { Refusal } from '../../../shared/runtime/rest-outcome.ts';

export function unknownInstrument(instrumentId: InstrumentId): Refusal {
  return { kind: 'not-found', detail: `no candles of ${instrumentId}` };
}
