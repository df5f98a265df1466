import { ClickHouseError, type ClickHouseClient } from '@clickhouse/client';
import type { TradeSpan } from '../../domain/candles/trade-span.ts';
import { decimal } from '../../domain/decimal.ts';
import type { InstrumentId } from '../../domain/market-data/instrument.ts';
import { UNFLAGGED } from '../../domain/market-data/quality-flags.ts';
import { LimitExceeded } from '../../ports/state-store.ts';
import { readableTimeMs, readRows, type Row } from './requests.ts';

/** Of one question, repetitions included. */
const MAX_ROWS_SUMMED = 10_000_000;
const TOO_MANY_ROWS = '158';

/**
 * A product of two decimals has 24 places and up to 54 digits before they are cut to 12, which 256 bits hold; the cut is
 * towards zero, as in the ledger. `FINAL` leaves repetitions out while it merges: the whole range is read anyway.
 */
const SPANS = `SELECT intDiv(toUnixTimestamp64Milli(time), {stepMs: Int64}) * {stepMs: Int64} AS openTimeMs,
    argMin(price, (time, tradeId)), max(price), min(price), argMax(price, (time, tradeId)),
    sum(quantity), sum(toDecimal256(toDecimal256(price, 12) * quantity, 12)), sumIf(quantity, takerSide = 'BUY'),
    count(), argMin(tradeId, (time, tradeId)), argMax(tradeId, (time, tradeId)),
    toUnixTimestamp64Milli(min(time)), toUnixTimestamp64Milli(max(time)), min(tradeId), max(tradeId),
    groupBitOr(quality)
  FROM millrace.trades FINAL
  WHERE instrumentId = {instrumentId: String}
    AND time >= fromUnixTimestamp64Milli({fromMs: Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({toMs: Int64}, 'UTC')
  GROUP BY openTimeMs ORDER BY openTimeMs
  SETTINGS max_rows_to_read = ${MAX_ROWS_SUMMED}`;

export async function readTradeSpans(
  client: ClickHouseClient,
  instrumentId: InstrumentId,
  fromMs: number,
  toMs: number,
  stepMs: number,
): Promise<readonly TradeSpan[]> {
  const range = { fromMs: readableTimeMs(fromMs), toMs: readableTimeMs(toMs) };
  try {
    return (await readRows(client, SPANS, { instrumentId, stepMs, ...range })).map(spanOf);
  } catch (error) {
    if (error instanceof ClickHouseError && error.code === TOO_MANY_ROWS)
      throw new LimitExceeded(`more than ${MAX_ROWS_SUMMED} trades are not summed at once`, { cause: error });
    throw error;
  }
}

function spanOf(row: Row): TradeSpan {
  const [openTimeMs, open, high, low, close, volume, quoteVolume, takerBuyVolume] = row.map(String);
  const [tradeCount, firstTradeId, lastTradeId, firstTimeMs, lastTimeMs] = row.slice(8).map(Number);
  const [leastTradeId, greatestTradeId, quality] = row.slice(13).map(Number);
  return {
    openTimeMs: Number(openTimeMs),
    open: decimal(open!),
    high: decimal(high!),
    low: decimal(low!),
    close: decimal(close!),
    volume: decimal(volume!),
    quoteVolume: decimal(quoteVolume!),
    takerBuyVolume: decimal(takerBuyVolume!),
    tradeCount: tradeCount!,
    firstTradeId: firstTradeId!,
    lastTradeId: lastTradeId!,
    firstTimeMs: firstTimeMs!,
    lastTimeMs: lastTimeMs!,
    leastTradeId: leastTradeId!,
    greatestTradeId: greatestTradeId!,
    ...(quality === UNFLAGGED ? {} : { quality: quality! }),
  };
}
