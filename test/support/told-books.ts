import { formatDecimal, type Decimal } from '../../shared/domain/decimal.ts';
import type { BestLevel } from '../../shared/domain/market-data/book/microstructure.ts';
import { readBookRows } from '../../shared/contracts/stream-records.ts';
import type { TradesRecord } from './recording-stream-writer.ts';

/** What a lane was told of books, each line one quote or one row of levels, in the order of the lane. */
export function toldBooks(records: readonly TradesRecord[]): Record<string, string[]> {
  const lanes: Record<string, string[]> = {};
  for (const record of records) {
    const { quotes, levels, poison } = readBookRows(record);
    if (poison.length > 0) throw new Error(poison[0]!.cause);
    const lane = (lanes[record.lane] ??= []);
    for (const { instrumentId, timeMs, receivedAtMs, quality, bid, ask } of quotes)
      lane.push(['quote', instrumentId, timeMs, receivedAtMs, quality, shown(bid), shown(ask)].join(' '));
    for (const { instrumentId, timeMs, quality, bids, asks, depths } of levels) {
      const depth = depths.map((of) => `${of.bps}:${text(of.bidQuantity)}/${text(of.askQuantity)}`);
      const sides = [bids, asks].map((side) => side.map(shown).join(','));
      lane.push(['levels', instrumentId, timeMs, quality, ...sides, depth.join(',')].join(' '));
    }
  }
  // Within a record quotes come before levels, and where one ends is chance; a lane of nothing but heartbeats has none.
  const told = Object.entries(lanes).filter(([, rows]) => rows.length > 0);
  return Object.fromEntries(told.map(([lane, rows]) => [lane, rows.sort()]));
}

function shown(level: BestLevel | null): string {
  return level === null ? '-' : `${text(level.quantity)}@${text(level.price)}`;
}

function text(value: Decimal | null): string {
  return value === null ? '-' : formatDecimal(value);
}
