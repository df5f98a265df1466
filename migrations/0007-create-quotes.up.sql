-- The best prices of the books: the last state of each 100 ms of venue time in which a book changed, and each time at which
-- one fell into doubt. The same quote inserted again replaces itself when parts are merged; until then readers leave the
-- repetition out.
CREATE TABLE IF NOT EXISTS millrace.quotes
(
    instrumentId LowCardinality(String),
    -- The venue's time of the change after which the book stood so.
    time DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    -- When the collector had it.
    receivedAt DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    -- What is said against it, as the bits of shared/domain/market-data/quality-flags.ts. 0: nothing.
    quality UInt32 CODEC(T64, ZSTD(1)),
    -- NULL: nobody offers.
    bid Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    bidQuantity Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    ask Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    askQuantity Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    -- The formulas and their sources: shared/domain/market-data/book/microstructure.ts. NULL: a side is empty.
    spread Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    mid Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    microprice Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    imbalance Nullable(Float64) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (instrumentId, time, receivedAt, quality)
-- Small inserts, as of trades: few and large merges.
SETTINGS merge_selector_base = 100;
