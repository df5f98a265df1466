-- At fifty parts ClickHouse merges whatever is there, and the one large part was written again for every fifty small
-- ones: the longer the table, the more work for a row. A high base waits for as many parts and leaves out those that
-- are much larger than the rest.
ALTER TABLE millrace.trades MODIFY SETTING min_parts_to_merge_at_once = 0, merge_selector_base = 100;
