ALTER TABLE millrace.trades MODIFY SETTING min_parts_to_merge_at_once = 50, merge_selector_base = 5;
