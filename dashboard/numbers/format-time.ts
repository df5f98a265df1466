/** Times as the venues give them: UTC throughout, so that a screen, a log and a capture name the same second. */

const DAY_MS = 86_400_000;

/** `14:03:27` */
export function formatClock(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11, 19);
}

/** The clock alone on the day of `referenceMs`, else with the date before it: `2024-08-09 14:03:27`. */
export function formatMoment(timeMs: number, referenceMs: number): string {
  if (startOfDay(timeMs) === startOfDay(referenceMs)) return formatClock(timeMs);
  return `${new Date(timeMs).toISOString().slice(0, 10)} ${formatClock(timeMs)}`;
}

/** `Today (UTC)`, or which other day it is: a replay has days of its own. */
export function dayLabel(timeMs: number, nowMs: number): string {
  const isToday = startOfDay(timeMs) === startOfDay(nowMs);
  return isToday ? 'Today (UTC)' : `On ${new Date(timeMs).toISOString().slice(0, 10)}`;
}

/** Midnight UTC of the day that holds the time. */
export function startOfDay(timeMs: number): number {
  return timeMs - (timeMs % DAY_MS);
}
