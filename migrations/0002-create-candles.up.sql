-- Closed candles only. A late trade makes a new revision beside the old ones, so what was known when stays queryable.
CREATE TABLE IF NOT EXISTS millrace.candles
(
    instrumentId LowCardinality(String),
    interval LowCardinality(String),
    openTime DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    -- 0 as first closed.
    revision UInt32 CODEC(T64, ZSTD(1)),
    open Decimal(38, 12) CODEC(ZSTD(1)),
    high Decimal(38, 12) CODEC(ZSTD(1)),
    low Decimal(38, 12) CODEC(ZSTD(1)),
    close Decimal(38, 12) CODEC(ZSTD(1)),
    volume Decimal(38, 12) CODEC(ZSTD(1)),
    quoteVolume Decimal(38, 12) CODEC(ZSTD(1)),
    takerBuyVolume Decimal(38, 12) CODEC(ZSTD(1)),
    tradeCount UInt64 CODEC(T64, ZSTD(1)),
    firstTradeId UInt64 CODEC(Delta, ZSTD(1)),
    lastTradeId UInt64 CODEC(Delta, ZSTD(1)),
    firstTime DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    lastTime DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    -- Observed from its open, with no trade missing inside.
    complete Bool CODEC(ZSTD(1)),
    -- Sequence number of the last stream record that went into this revision.
    throughSequence String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
-- By year: a hundred partitions are the most that one insert may touch, and daily candles reach back for decades.
PARTITION BY toYear(openTime)
ORDER BY (instrumentId, interval, openTime, revision);
