import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from '@jest/globals';

/** Recorded market data and published results; a user's clone has none, and then these tests say that they are skipped. */
export const dataFolder = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

export const describeConformance: typeof describe | typeof describe.skip = existsSync(dataFolder)
  ? describe
  : describe.skip;
