import { openStorage } from '../../embedded/storage.ts';
import { storageTotals } from '../../embedded/totals.ts';
import { defineCommand, EXIT_DONE } from '../command-line/command.ts';
import { dataFolderErrors } from '../command-line/data-folder-errors.ts';
import { folderToRead, folderUsedLast } from '../command-line/data-folders.ts';

export const command = defineCommand({
  description:
    'stateHash is the SHA-256 over canonical trades, closed candles, signals, orders, fills and positions, without\n' +
    'wall times: two runs over the same input have the same, at whatever speed and however often they were killed.',
  options: {
    dataDir: folderToRead('the data folder to look at; nothing may be running on it'),
  },
  examples: [
    {
      line: 'npx millrace state --data-dir ./run-1',
      what: 'market, trades, candles, orders, cash, equity, stateHash',
    },
  ],
  run: async (values, io) =>
    dataFolderErrors(async () => {
      const storage = await openStorage(folderUsedLast(values.dataDir, io), { mustExist: true });
      try {
        io.print(await storageTotals(storage));
      } finally {
        await storage.close();
      }
      return EXIT_DONE;
    }),
});
