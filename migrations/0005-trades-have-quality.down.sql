ALTER TABLE millrace.trades DROP COLUMN IF EXISTS quality;
