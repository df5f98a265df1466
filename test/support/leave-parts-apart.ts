import type { ClickHouseClient } from '@clickhouse/client';

/** Parts of a table are merged no more: a merge would take repetitions away before a reader that forgets to leave them out is caught. */
export async function leavePartsApart(client: ClickHouseClient, table: string): Promise<void> {
  const none = 'max_bytes_to_merge_at_max_space_in_pool = 1, max_bytes_to_merge_at_min_space_in_pool = 1';
  await client.command({ query: `ALTER TABLE millrace.${table} MODIFY SETTING ${none}` });
}
