import type { VenueTrade } from '../shared/adapters/exchanges/venue-protocol.ts';

/** `null`: the venue sent no number, and the reader of the record will set the trade aside. */
export function tradeNumber({ tradeId }: VenueTrade): number | null {
  const id = typeof tradeId === 'string' && tradeId !== '' ? Number(tradeId) : NaN;
  return Number.isSafeInteger(id) && id >= 0 ? id : null;
}
