import type { planted } from './planted.ts';

export const other = 1 as unknown as typeof planted;
