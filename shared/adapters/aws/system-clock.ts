import type { Clock } from '../../ports/clock.ts';

/** On AWS decisions are made by the wall's time. */
export const systemClock: Clock = { nowMs: () => Date.now() };
