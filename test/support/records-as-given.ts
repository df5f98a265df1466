import type { RecordCodec } from '../../shared/contracts/stored-records.ts';

/** Stores any value under any key, for tests of the stores themselves. */
export const recordsAsGiven: RecordCodec = {
  stored: (_table, _key, record) => record,
  record: (_table, _key, stored) => stored,
};
