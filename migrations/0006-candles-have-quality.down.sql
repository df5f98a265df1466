ALTER TABLE millrace.candles DROP COLUMN IF EXISTS quality;
