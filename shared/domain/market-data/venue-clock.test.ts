import { describe, expect, it } from '@jest/globals';
import { VenueClock } from './venue-clock.ts';

const AHEAD_MS = 1250;
const NOW = 1_723_161_254_000;

describe('the clock of a venue', () => {
  it('is not known before a message has told it', () => {
    expect(new VenueClock().at(NOW)).toBeNull();
  });

  it('runs ahead of ours as the messages say', () => {
    const clock = new VenueClock();
    clock.observe(NOW + AHEAD_MS, NOW);
    expect(clock.at(NOW + 500)).toBe(NOW + 500 + AHEAD_MS);
  });

  it('goes by the message that was under way the longest, so that it is never late', () => {
    const clock = new VenueClock();
    clock.observe(NOW + AHEAD_MS, NOW);
    clock.observe(NOW + AHEAD_MS, NOW + 40);
    clock.observe(NOW + AHEAD_MS + 100, NOW + 100);
    expect(clock.at(NOW + 100)).toBe(NOW + 100 + AHEAD_MS - 40);
  });

  it('forgets a slow spell ten seconds later', () => {
    const clock = new VenueClock();
    clock.observe(NOW - 2000, NOW);
    for (let ms = 1000; ms <= 11_000; ms += 1000) clock.observe(NOW + ms, NOW + ms);
    expect(clock.at(NOW + 11_000)).toBe(NOW + 11_000);
  });

  it('keeps what it knows through a quiet hour', () => {
    const clock = new VenueClock();
    clock.observe(NOW + AHEAD_MS, NOW);
    expect(clock.at(NOW + 3_600_000)).toBe(NOW + 3_600_000 + AHEAD_MS);
  });

  it('does not believe a time that is hours off', () => {
    const clock = new VenueClock();
    clock.observe(NOW + 7_200_000, NOW);
    clock.observe(NaN, NOW);
    expect(clock.at(NOW)).toBeNull();
  });

  it('is not taken for behind where messages are held up, nor for ahead where a few are wrong', () => {
    const clock = new VenueClock();
    expect(clock.latestAt(NOW)).toBeNull();
    for (let ms = 0; ms < 5000; ms += 1000) clock.observe(NOW + ms - 30, NOW + ms);
    // Six seconds of messages in one go, and one that is a minute ahead.
    for (let ms = 5000; ms <= 11_000; ms += 1000) clock.observe(NOW + ms - 30, NOW + 11_000);
    clock.observe(NOW + 72_000, NOW + 12_000);
    expect(clock.latestAt(NOW + 13_000)).toBe(NOW + 13_000 - 30);
  });
});
