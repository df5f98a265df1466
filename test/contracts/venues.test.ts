/** Every venue that is listed, under the suite that all of them keep, over a small capture of each. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { venueOf } from '../../shared/adapters/exchanges/venues.ts';
import { EXCHANGES } from '../../shared/domain/market-data/exchanges.ts';
import { describeVenue, type VenueUnderTest } from './suites/venue.ts';

const captures = `${import.meta.dirname}/venues/`;

type Expected = Omit<VenueUnderTest, 'venue' | 'lines'>;

it('each venue has a capture and what is to be read out of it', () => {
  const files = EXCHANGES.flatMap((exchange) => [`${exchange}.json`, `${exchange}.ndjson`]);
  expect(readdirSync(captures).sort()).toEqual(files.sort());
});

for (const exchange of EXCHANGES) {
  const read = (extension: string): string => readFileSync(`${captures}${exchange}.${extension}`, 'utf8');
  describeVenue({
    venue: venueOf(exchange),
    lines: read('ndjson').trimEnd().split('\n'),
    ...(JSON.parse(read('json')) as Expected),
  });
}
