import { openStorage } from '../../embedded/storage.ts';
import { fieldErrors, firstFieldError } from '../../shared/contracts/problem.ts';
import { tradeFix } from '../../shared/contracts/quarantine-views.ts';
import { quarantinePartition } from '../../shared/contracts/record-keys.ts';
import {
  QUARANTINE_STATUSES,
  type QuarantineRecord,
  type QuarantineStatus,
} from '../../shared/contracts/records.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE } from '../command-line/command.ts';
import { folderToRead, folderUsedLast, onlyFolder } from '../command-line/data-folders.ts';
import { dataFolderErrors } from '../command-line/data-folder-errors.ts';
import { choice, integer, jsonObject, text } from '../command-line/option-values.ts';
import { optional, required, withDefault } from '../command-line/options.ts';
import { listGivenUp, redriveFolder } from './redrive/redrive-folder.ts';

const ANY = { kind: null, function: null };

export const command = defineCommand({
  description:
    'A trade that is none is set aside alone, with its cause, and holds up nothing. Sent again, it lands once, as a\n' +
    'revision of its candle. Without --id, redrive also sends again what functions gave up: dead letters, events, records.\n' +
    'Nothing else may be running on the data folder; a running platform takes redrives by\n' +
    'POST /v1/quarantine/{id}/redrive.',
  options: {
    dataDir: folderToRead('the data folder; redrive needs it where each market has one'),
    status: withDefault(choice(QUARANTINE_STATUSES), 'QUARANTINED', 'which to list'),
    limit: withDefault(integer(1, 1000), '100', 'how many to list; of what was given up, of each kind'),
    id: optional(text('ID'), 'the one to send again; without it, all'),
    fix: optional(jsonObject, 'fields to mend: price, quantity, tradeId, side, timeMs'),
  },
  positionals: {
    action: required(
      choice(['list', 'given-up', 'redrive']),
      'list; given-up: what functions gave up, and why; or redrive: to send again',
    ),
  },
  examples: [
    { line: 'npx millrace quarantine list --format table', what: 'what was set aside, and why' },
    {
      line: `npx millrace quarantine redrive --id 1c23… --fix '{"price":"61837.63"}'`,
      what: 'mends one trade and sends it again',
    },
  ],
  run: async (values, io) =>
    dataFolderErrors(async () => {
      if (values.action !== 'redrive' && (values.id ?? values.fix) !== null)
        throw new BadInput(`--${values.id === null ? 'fix' : 'id'}: expected with redrive`);
      if (values.fix !== null && values.id === null)
        throw new BadInput('--fix: expected with --id, one trade at a time');
      const { action, id } = values;
      const dataDir = (action === 'redrive' ? onlyFolder : folderUsedLast)(values.dataDir, io);
      if (action === 'redrive') {
        const fix = values.fix === null ? null : parseFix(values.fix);
        return redriveFolder({ dataDir, quarantined: { id, fix }, givenUp: id === null ? ANY : null }, io);
      }
      if (action === 'given-up') {
        io.print(await listGivenUp(dataDir, ANY, values.limit));
        return EXIT_DONE;
      }
      const storage = await openStorage(dataDir, { mustExist: true });
      try {
        io.print(await listed(storage.state, values.status, values.limit));
      } finally {
        await storage.close();
      }
      return EXIT_DONE;
    }),
});

async function listed(
  state: StateStore,
  status: QuarantineStatus,
  limit: number,
): Promise<readonly QuarantineRecord[]> {
  const page = await state.queryIndex<QuarantineRecord>('operations', quarantinePartition(status), { limit });
  return page.items.map((item) => item.value);
}

function parseFix(fix: object) {
  const parsed = tradeFix.safeParse(fix);
  if (parsed.success) return parsed.data;
  throw new BadInput(firstFieldError(fieldErrors(parsed.error), '--fix'));
}
