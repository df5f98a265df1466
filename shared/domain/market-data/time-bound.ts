/** The year 2100, since the epoch. A time past it is a unit mistaken, and would drag every watermark with it. */
export const MAX_TIME_MS = 4_102_444_800_000;
