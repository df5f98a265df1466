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
/** Less than the client waits, who takes a server that keeps silent for one that is away: asked again it would not be faster. */
const MAX_SECONDS = 3;
const TOO_LONG = '159';

const unitsOf = (column: string): string => `reinterpret(${column}, 'Int128')`;
const ONE = 'toInt128(1000000000000)';

/**
 * A product of two decimals has 24 places before it is cut to 12, towards zero as in the ledger. 128 bits hold it up to a
 * notional of 10^14, which no trade of a market reaches; 256 bits, which take five times as long, hold what a trade may come to.
 */
const NOTIONAL_UNITS = `if(toFloat64(price) * toFloat64(quantity) < 1e14,
  toInt256(intDiv(${unitsOf('price')} * ${unitsOf('quantity')}, ${ONE})),
  intDiv(toInt256(${unitsOf('price')}) * toInt256(${unitsOf('quantity')}), ${ONE}))`;

/** In the order of the tape; a number is compared four times as fast as a pair. */
const PLACE = 'bitOr(bitShiftLeft(toUInt128(toUnixTimestamp64Milli(time)), 64), toUInt128(tradeId))';

/** `FINAL` leaves repetitions out while it merges: the whole range is read anyway. */
const SPANS = `SELECT intDiv(toUnixTimestamp64Milli(time), {stepMs: Int64}) * {stepMs: Int64} AS openTimeMs,
    argMin(price, ${PLACE}), max(price), min(price), argMax(price, ${PLACE}),
    sum(quantity), toString(sum(${NOTIONAL_UNITS})), sumIf(quantity, takerSide = 'BUY'),
    count(), toUInt64(min(${PLACE})), toUInt64(max(${PLACE})),
    toUnixTimestamp64Milli(min(time)), toUnixTimestamp64Milli(max(time)), min(tradeId), max(tradeId),
    groupBitOr(quality)
  FROM millrace.trades FINAL
  WHERE instrumentId = {instrumentId: String}
    AND time >= fromUnixTimestamp64Milli({fromMs: Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({toMs: Int64}, 'UTC')
  GROUP BY openTimeMs ORDER BY openTimeMs
  SETTINGS max_rows_to_read = {mostRows: UInt64}, max_execution_time = {mostSeconds: Float64}`;

export interface SpansBound {
  readonly mostRows?: number;
  readonly mostSeconds?: number;
}

/** @throws LimitExceeded where they are too many, or take too long */
export async function readTradeSpans(
  client: ClickHouseClient,
  instrumentId: InstrumentId,
  fromMs: number,
  toMs: number,
  stepMs: number,
  { mostRows = MAX_ROWS_SUMMED, mostSeconds = MAX_SECONDS }: SpansBound = {},
): Promise<readonly TradeSpan[]> {
  const range = { fromMs: readableTimeMs(fromMs), toMs: readableTimeMs(toMs) };
  try {
    const bound = { mostRows, mostSeconds };
    return (await readRows(client, SPANS, { instrumentId, stepMs, ...bound, ...range })).map(spanOf);
  } catch (error) {
    if (!(error instanceof ClickHouseError)) throw error;
    if (error.code === TOO_MANY_ROWS)
      throw new LimitExceeded(`more than ${mostRows} trades are not summed at once`, { cause: error });
    if (error.code === TOO_LONG)
      throw new LimitExceeded(`its trades are not summed within ${mostSeconds} s`, { cause: error });
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
    quoteVolume: BigInt(quoteVolume!),
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
