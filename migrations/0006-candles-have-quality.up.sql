-- The flags of a candle's trades, together.
ALTER TABLE millrace.candles ADD COLUMN IF NOT EXISTS quality UInt32 DEFAULT 0 CODEC(T64, ZSTD(1));
