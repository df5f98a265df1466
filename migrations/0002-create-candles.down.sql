DROP TABLE IF EXISTS millrace.candles;
