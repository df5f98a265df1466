-- The best twenty levels a side of each second in which a book changed, the best first, and how much the whole book offers
-- within some distances of the mid-price.
CREATE TABLE IF NOT EXISTS millrace.books
(
    instrumentId LowCardinality(String),
    time DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    receivedAt DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    -- As of quotes.
    quality UInt32 CODEC(T64, ZSTD(1)),
    bidPrices Array(Decimal(38, 12)) CODEC(ZSTD(1)),
    bidQuantities Array(Decimal(38, 12)) CODEC(ZSTD(1)),
    askPrices Array(Decimal(38, 12)) CODEC(ZSTD(1)),
    askQuantities Array(Decimal(38, 12)) CODEC(ZSTD(1)),
    -- In hundredths of a percent of the mid-price; beside it the quantities within it. NULL: the book is not known so far out.
    depthBps Array(UInt16) CODEC(ZSTD(1)),
    bidDepths Array(Nullable(Decimal(38, 12))) CODEC(ZSTD(1)),
    askDepths Array(Nullable(Decimal(38, 12))) CODEC(ZSTD(1)),
    -- As of quotes, of the best level of each side.
    spread Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    mid Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    microprice Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    imbalance Nullable(Float64) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (instrumentId, time, receivedAt, quality)
SETTINGS merge_selector_base = 100;
