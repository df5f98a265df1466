/** The month's bill, held against the template that it is made of, the functions that it is about, and the README. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOf, type Bill } from '../../bin/cost/bill.ts';
import { readLoadProfile, readPriceList } from '../../bin/cost/inputs.ts';
import type { Line } from '../../bin/cost/lines/line.ts';
import { synthesize, type Resource } from './synthesize.ts';

const LOAD = { tradesPerSecond: 10_000, instruments: 60, venues: 1 };
/** What `millrace cost` takes where nobody says. */
const THREE_VENUES = { tradesPerSecond: 10_000, instruments: 20, venues: 3 };
const SECONDS = 730 * 3600;

describe('the bill of prod at 10,000 trades a second', () => {
  let resources: readonly Resource[];
  let bill: Bill;
  let three: Bill;

  beforeAll(() => {
    ({ resources } = synthesize({ stage: 'prod' }));
    bill = billOf(resources, LOAD, readLoadProfile(), readPriceList());
    three = billOf(resources, THREE_VENUES, readLoadProfile(), readPriceList());
  });

  const line = (what: string): Line => bill.lines.find((candidate) => candidate.what === what)!;

  it('knows every type of the template: it is priced, or free for a reason', () => {
    expect(bill.unknown).toEqual([]);
    for (const reason of Object.values(bill.free)) expect(reason).toMatch(/\w/);
  });

  it('says so of a type that nobody has priced', () => {
    const gateway = { ...resources[0]!, type: 'AWS::EC2::NatGateway' };
    const other = billOf([...resources, gateway], LOAD, readLoadProfile(), readPriceList());
    expect(other.unknown).toEqual(['AWS::EC2::NatGateway']);
  });

  it('is at most $400 before ClickHouse with one venue, and $510 with three, books and Parquet files included', () => {
    expect(bill.totalUsd).toBeLessThanOrEqual(400);
    expect(three.totalUsd).toBeLessThanOrEqual(510);
  });

  it('is the sum of its lines, each a quantity times a price', () => {
    for (const { quantity, unitUsd, usd } of bill.lines) expect(usd).toBeCloseTo(quantity * unitUsd, 1);
    const sum = bill.lines.reduce((total, { usd }) => total + usd, 0);
    expect(bill.totalUsd).toBeCloseTo(sum, 2);
  });

  it('has what a hand finds', () => {
    expect(line('shards of trades').usd).toBeCloseTo(4 * 730 * 0.017, 2);
    expect(line('processors').usd).toBeCloseTo(2 * 730 * 0.5 * 0.03238, 2);
    expect(line('alarms').usd).toBeCloseTo(
      resources.filter(({ type }) => type === 'AWS::CloudWatch::Alarm').length * 0.1,
      2,
    );
    // A pass a second over each of four lanes, three units of 1 KB each.
    expect(line('lane states of build-candles').usd).toBeCloseTo(4 * 3 * SECONDS * 0.000000705, 2);
    // Once a second for each of four lanes, of less than 1 KB.
    expect(line('latest prices').usd).toBeCloseTo(4 * SECONDS * 0.000000705, 2);
    // 4 invocations a second of 90 ms with 1 GB.
    expect(line('time of store-trades').usd).toBeCloseTo(4 * SECONDS * 0.09 * 0.0000133334, 2);
    // 10,000 trades of 8 B, for the 335 days that they lie there after the first 30.
    expect(line('Parquet files in GLACIER_IR').usd).toBeCloseTo(
      ((80_000 * SECONDS) / 1e9) * (335 / (730 / 24)) * 0.004,
      1,
    );
    // 10,000 messages of 16 B and 60 × 40 of 35 B, for the 351 days that they lie there after the first 14.
    expect(line('captures in GLACIER_IR').usd).toBeCloseTo(
      (((160_000 + 84_000) * SECONDS) / 1e9) * (351 / (730 / 24)) * 0.004,
      2,
    );
    expect(line('events').usd).toBeCloseTo((4 + 4 + (6 * 1000) / 86_400) * SECONDS * 0.000001, 2);
  });

  it('follows the template: with windows of no length a pass comes with each look', () => {
    const hasty = resources.map((resource) =>
      resource.type === 'AWS::Lambda::EventSourceMapping'
        ? { ...resource, properties: { ...resource.properties, MaximumBatchingWindowInSeconds: 0 } }
        : resource,
    );
    expect(billOf(hasty, LOAD, readLoadProfile(), readPriceList()).totalUsd).toBeGreaterThan(
      bill.totalUsd + 200,
    );
  });

  it('stands in the README with its five greatest lines', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    expect(readme).toContain(`**$${three.totalUsd.toFixed(2)}** a month`);
    expect(readme).toContain(`one venue of 60 instruments: $${bill.totalUsd.toFixed(2)}`);
    for (const { service, what, usd } of three.lines.slice(0, 5))
      expect(readme).toContain(`| ${service}: ${what} | ${usd.toFixed(2)} |`);
    expect(readme).toContain(bill.pricesAsOf);
  });
});
