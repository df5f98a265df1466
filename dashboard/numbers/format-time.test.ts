import { describe, expect, it } from '@jest/globals';
import { dayLabel, formatClock, formatMoment, startOfDay } from './format-time.ts';

const noon = Date.UTC(2024, 7, 9, 12, 0, 5);

describe('times on the page', () => {
  it('are in UTC', () => {
    expect(formatClock(noon)).toBe('12:00:05');
  });

  it('carry their date on any day but the one at hand', () => {
    expect(formatMoment(noon, noon + 3_600_000)).toBe('12:00:05');
    expect(formatMoment(noon, noon + 86_400_000)).toBe('2024-08-09 12:00:05');
  });

  it('name the day that they are of', () => {
    expect(dayLabel(noon, noon + 3_600_000)).toBe('Today (UTC)');
    expect(dayLabel(noon, noon + 86_400_000)).toBe('On 2024-08-09');
  });

  it('belong to the day that began at midnight UTC', () => {
    expect(startOfDay(noon)).toBe(Date.UTC(2024, 7, 9));
    expect(startOfDay(Date.UTC(2024, 7, 9))).toBe(Date.UTC(2024, 7, 9));
  });
});
