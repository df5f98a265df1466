DROP TABLE IF EXISTS millrace.trades;
