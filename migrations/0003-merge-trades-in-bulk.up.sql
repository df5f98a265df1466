-- Trades arrive in many small inserts, and a merge of a few of them rewrites megabytes for a thousand new rows. Nobody
-- reads the newest ones in bulk, so merges wait until there is a worthwhile number of parts.
ALTER TABLE millrace.trades MODIFY SETTING min_parts_to_merge_at_once = 50;
