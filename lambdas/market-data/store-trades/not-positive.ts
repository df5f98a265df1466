import { isTime, rowOfPoison } from '../../../shared/contracts/lane-rows.ts';
import { parseDecimal } from '../../../shared/domain/decimal.ts';
import { isInstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import { qualityEventAt, type QualityEvent } from '../../../shared/domain/market-data/quality-event.ts';
import type { Poison } from '../../../shared/runtime/quarantine.ts';

const MAX_SHOWN_CHARACTERS = 40;

/**
 * A price or a size of zero or below is no trade, so its row is set aside; the log says so as of what is kept and flagged.
 * @returns null: that is not what is wrong with it, or nobody knows when it was.
 */
export function notPositive({ kind, payload, instrumentId }: Poison): QualityEvent | null {
  if (kind !== 'trade' || instrumentId === null || !isInstrumentId(instrumentId)) return null;
  const [, tradeId, price, quantity, , timeMs] = rowOfPoison(payload);
  if (!isTime(timeMs) || (!isZeroOrBelow(price) && !isZeroOrBelow(quantity))) return null;
  const what = `trade ${shown(tradeId)} of ${shown(quantity)} at ${shown(price)}: set aside`;
  return qualityEventAt({ instrumentId, flag: 'not-positive', subject: 'trade', timeMs, what });
}

function isZeroOrBelow(text: unknown): boolean {
  const amount = typeof text === 'string' ? parseDecimal(text) : null;
  return amount !== null && amount <= 0n;
}

function shown(field: unknown): string {
  return String(field).slice(0, MAX_SHOWN_CHARACTERS);
}
