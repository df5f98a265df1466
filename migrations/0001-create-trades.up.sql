-- Every trade once, in order of its tape. The same trade inserted again replaces itself when parts are merged;
-- until then readers leave the repetition out.
CREATE TABLE IF NOT EXISTS millrace.trades
(
    instrumentId LowCardinality(String),
    -- The venue's trade time.
    time DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    tradeId UInt64 CODEC(Delta, ZSTD(1)),
    price Decimal(38, 12) CODEC(ZSTD(1)),
    quantity Decimal(38, 12) CODEC(ZSTD(1)),
    -- The side of the aggressor.
    takerSide Enum8('BUY' = 1, 'SELL' = 2) CODEC(ZSTD(1)),
    -- When the collector had it.
    receivedAt DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (instrumentId, time, tradeId);
