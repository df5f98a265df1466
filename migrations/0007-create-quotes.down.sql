DROP TABLE IF EXISTS millrace.quotes;
