/** The most rows that a store gives at once. */
export const MAX_ROWS_A_READ = 10_000;
