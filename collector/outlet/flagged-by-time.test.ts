import { describe, expect, it } from '@jest/globals';
import { parseLaneRecord } from '../../shared/contracts/stream-records.ts';
import { readToldTrade, type ToldTrade } from '../../shared/contracts/lane-rows.ts';
import { qualityOf } from '../../shared/domain/market-data/quality-flags.ts';
import { VenueClock } from '../../shared/domain/market-data/venue-clock.ts';
import { flaggedByTime } from './flagged-by-time.ts';
import { LanePacker } from './lane-packer.ts';

const NOW_MS = 1_772_323_200_000;
const DAY_MS = 86_400_000;
const FUTURE_TIME = qualityOf('future-time');

const trade = (timeMs: number, fields: Partial<ToldTrade> = {}): ToldTrade => ({
  instrumentId: 'binance:BTC-USDT',
  tradeId: '7',
  price: '1',
  quantity: '1',
  takerSide: 'B',
  timeMs,
  receivedAtMs: NOW_MS,
  ...fields,
});

/** Of a venue that is two minutes ahead of us. */
function skewedClock(): VenueClock {
  const clock = new VenueClock();
  for (let n = 10; n > 0; n--) clock.observe(NOW_MS + 120_000 - n * 1000, NOW_MS - n * 1000);
  return clock;
}

describe('a trade that is ahead', () => {
  it('of its venue by more than five seconds is flagged, whatever our clock says', () => {
    const qualityAt = (timeMs: number) => flaggedByTime(trade(timeMs), skewedClock()).quality;
    expect(qualityAt(NOW_MS + 125_000)).toBeUndefined();
    expect(qualityAt(NOW_MS + 125_001)).toBe(FUTURE_TIME);
    expect(flaggedByTime(trade(NOW_MS + 125_001), undefined).quality).toBeUndefined();
  });

  it('keeps its flag on its way', () => {
    const packer = new LanePacker(() => 'session');
    packer.addTrade(flaggedByTime(trade(NOW_MS + 130_000), skewedClock()));
    packer.addTrade(trade(NOW_MS));
    const [record] = packer.take().map(({ data }) => parseLaneRecord(Buffer.from(data).toString()));
    expect(record).toMatchObject({ trades: [{ quality: FUTURE_TIME }, { timeMs: NOW_MS }], poison: [] });
  });
});

describe('a trade that is old', () => {
  it('by more than a minute is flagged where the venue told it by itself', () => {
    const ANCIENT_TIME = qualityOf('ancient-time');
    const qualityAt = (timeMs: number, isAnswer = false) =>
      flaggedByTime(trade(timeMs, { isAnswer }), skewedClock()).quality;
    expect(qualityAt(NOW_MS + 120_000 - 60_000)).toBeUndefined();
    expect(qualityAt(NOW_MS + 120_000 - 60_001)).toBe(ANCIENT_TIME);
    expect(qualityAt(NOW_MS - DAY_MS)).toBe(ANCIENT_TIME);
    expect(qualityAt(NOW_MS - DAY_MS, true)).toBeUndefined();
  });

  it('of a venue that has just set its clock by two minutes is not', () => {
    const clock = skewedClock();
    clock.observe(NOW_MS, NOW_MS);
    expect(flaggedByTime(trade(NOW_MS), clock).quality).toBeUndefined();
  });

  it('is set aside where the venue told it by itself, and kept where it was asked for it', () => {
    const read = (timeMs: number, isAnswer: boolean) => readToldTrade(trade(timeMs, { isAnswer }));
    expect(read(NOW_MS - DAY_MS, false)).toMatchObject({ timeMs: NOW_MS - DAY_MS });
    expect(read(NOW_MS - DAY_MS - 1, false)).toContain('more than a day before it was received');
    expect(read(NOW_MS - 365 * DAY_MS, true)).toMatchObject({ timeMs: NOW_MS - 365 * DAY_MS });
    expect(read(NOW_MS / 1000, false)).toContain('expected milliseconds, these are seconds');
    expect(read(NOW_MS + 3_600_001, true)).toContain('more than an hour after it was received');
  });
});
