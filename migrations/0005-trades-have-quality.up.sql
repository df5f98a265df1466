-- What is said against a trade, as the bits of shared/domain/market-data/quality-flags.ts. 0: nothing.
ALTER TABLE millrace.trades ADD COLUMN IF NOT EXISTS quality UInt32 DEFAULT 0 CODEC(T64, ZSTD(1));
