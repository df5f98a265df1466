-- The log of what was said against market data: one row for each flag of an instrument in a span of venue time. The same
-- inserted again replaces itself when parts are merged; until then readers leave the repetition out.
CREATE TABLE IF NOT EXISTS millrace.quality
(
    -- Made of what is in the row but `what`: the same event is the same row.
    id String CODEC(ZSTD(1)),
    -- The span, by the venue's clock; its end is not part of it.
    time DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    until DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    venue LowCardinality(String),
    instrumentId LowCardinality(String),
    -- A name of shared/domain/market-data/quality-flags.ts.
    flag LowCardinality(String),
    -- What it is said against: trade, candle, book or price.
    subject LowCardinality(String),
    what String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (time, id);
