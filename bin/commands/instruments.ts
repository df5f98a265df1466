import { openStorage } from '../../embedded/storage.ts';
import { EXCHANGES } from '../../shared/domain/market-data/exchanges.ts';
import { MAX_TIME_MS } from '../../shared/domain/market-data/time-bound.ts';
import type { KnownListing } from '../../shared/domain/market-data/listing.ts';
import { knownListings } from '../../shared/runtime/known-listings.ts';
import { defineCommand, EXIT_DONE } from '../command-line/command.ts';
import { dataFolderErrors } from '../command-line/data-folder-errors.ts';
import { folderToRead, folderUsedLast } from '../command-line/data-folders.ts';
import { choice, integer } from '../command-line/option-values.ts';
import { optional } from '../command-line/options.ts';

export const command = defineCommand({
  description:
    'What the venues list, as their catalogues said: the steps of price and quantity, the least quantity and notional,\n' +
    'and whether it trades, each since when it was known. A running platform shows it at GET /v1/instruments?of=catalogue.',
  options: {
    dataDir: folderToRead('the data folder to look at; nothing may be running on it'),
    exchange: optional(choice(EXCHANGES), 'of one exchange', 'all'),
    asOf: optional(integer(0, MAX_TIME_MS), 'as it was known then, in milliseconds since the epoch', 'now'),
  },
  examples: [
    { line: 'npx millrace instruments --format table', what: 'everything that is listed' },
    { line: 'npx millrace instruments --exchange kraken --as-of 1772323200000', what: 'as it was on a day' },
  ],
  run: async (values, io) =>
    dataFolderErrors(async () => {
      const storage = await openStorage(folderUsedLast(values.dataDir, io), { mustExist: true });
      try {
        const listings: KnownListing[] = [];
        for (const exchange of values.exchange === null ? EXCHANGES : [values.exchange])
          listings.push(...(await knownListings(storage.state, exchange, values.asOf ?? MAX_TIME_MS)));
        io.print(listings);
      } finally {
        await storage.close();
      }
      return EXIT_DONE;
    }),
});
