DROP TABLE IF EXISTS millrace.quality;
