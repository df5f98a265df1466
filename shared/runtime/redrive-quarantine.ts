/** Sends a trade that was set aside again, mended or as it is. Over REST and on the command line alike. */
import { quarantineIndex, quarantineKey } from '../contracts/record-keys.ts';
import type { QuarantineRecord } from '../contracts/records.ts';
import type { TradeFix } from '../contracts/quarantine-views.ts';
import { mendRow, readTradeRow, rowOfPoison, type TradeRow } from '../contracts/lane-rows.ts';
import { REDRIVE_SESSION, type TradesRecordV1 } from '../contracts/stream-records.ts';
import { isInstrumentId } from '../domain/market-data/instrument.ts';
import { laneOf } from '../domain/market-data/lane.ts';
import type { Ports } from '../ports/index.ts';
import { ConditionFailed } from '../ports/state-store.ts';
import { recordOfLane, type StreamRecord } from '../ports/stream-writer.ts';

export type RedriveOutcome =
  | { readonly kind: 'redriven'; readonly record: QuarantineRecord }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'redriven-before' }
  /** Only a trade of a known instrument can be sent again; the archive has the rest. */
  | { readonly kind: 'not-a-trade'; readonly reason: string }
  /** It would be set aside once more. Nothing was written. */
  | { readonly kind: 'still-bad'; readonly cause: string };

/**
 * Appends the trade to its lane, then marks the item. A crash in between leaves it to be sent again, which is
 * harmless: a trade is known by its id and lands once.
 */
export async function redriveQuarantined(
  ports: Pick<Ports, 'state' | 'streams'>,
  id: string,
  fix: TradeFix | null,
  nowMs: number,
): Promise<RedriveOutcome> {
  const item = await ports.state.get<QuarantineRecord>('operations', quarantineKey(id));
  if (item === null) return { kind: 'not-found' };
  if (item.value.status === 'REDRIVEN') return { kind: 'redriven-before' };
  const mended = mendTrade(item.value, fix ?? {});
  if (mended.kind !== 'mended') return mended;
  await ports.streams.append('trades', [streamRecord(mended.instrumentId, mended.row)]);
  const record: QuarantineRecord = {
    ...item.value,
    status: 'REDRIVEN',
    redrivenAtMs: nowMs,
    fix: fixOf(fix),
  };
  try {
    await ports.state.write({
      kind: 'put',
      table: 'operations',
      ...quarantineKey(id),
      value: record,
      condition: { kind: 'version', version: item.version },
      index: quarantineIndex('REDRIVEN', record.quarantinedAtMs, id),
    });
  } catch (error) {
    if (error instanceof ConditionFailed) return { kind: 'redriven-before' };
    throw error;
  }
  return { kind: 'redriven', record };
}

type Mended =
  | { readonly kind: 'mended'; readonly instrumentId: string; readonly row: TradeRow }
  | Extract<RedriveOutcome, { kind: 'not-a-trade' | 'still-bad' }>;

function mendTrade(record: QuarantineRecord, fix: TradeFix): Mended {
  if (record.kind === 'quote')
    return { kind: 'not-a-trade', reason: 'a quote cannot be sent again: the next one has taken its place' };
  if (record.kind !== 'trade') {
    return { kind: 'not-a-trade', reason: `a ${record.kind} cannot be sent again, only a trade` };
  }
  const { instrumentId } = record;
  if (instrumentId === null || !isInstrumentId(instrumentId)) {
    return { kind: 'not-a-trade', reason: 'the trade names no known instrument' };
  }
  const row = mendRow(rowOfPoison(record.payload), fix, record.quarantinedAtMs);
  const trade = readTradeRow(row, [instrumentId]);
  if (typeof trade === 'string') return { kind: 'still-bad', cause: trade };
  return { kind: 'mended', instrumentId, row: row as TradeRow };
}

/** Without watermarks: a trade that comes late proves nothing of the market now. */
function streamRecord(instrumentId: string, row: TradeRow): StreamRecord {
  const lane = laneOf(instrumentId);
  const record: TradesRecordV1 = {
    v: 1,
    kind: 'trades',
    lane,
    sessionId: REDRIVE_SESSION,
    instruments: [instrumentId],
    trades: [row],
    laneWatermarkMs: null,
    watermarks: [],
  };
  return recordOfLane(lane, Buffer.from(JSON.stringify(record)));
}

function fixOf(fix: TradeFix | null): QuarantineRecord['fix'] {
  if (fix === null) return null;
  return Object.fromEntries(
    Object.entries(fix).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
