import { openPlatform } from '../../embedded/platform.ts';
import { openStorage } from '../../embedded/storage.ts';
import { assertDataFolder } from '../../shared/adapters/embedded/data-folder.ts';
import { fieldErrors, firstFieldError } from '../../shared/contracts/problem.ts';
import { tradeFix } from '../../shared/contracts/quarantine-views.ts';
import { quarantinePartition } from '../../shared/contracts/record-keys.ts';
import {
  QUARANTINE_STATUSES,
  type QuarantineRecord,
  type QuarantineStatus,
} from '../../shared/contracts/records.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { readIndex } from '../../shared/runtime/all-pages.ts';
import { redriveQuarantined, type RedriveOutcome } from '../../shared/runtime/redrive-quarantine.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE, EXIT_FAILED } from '../command-line/command.ts';
import { dataFolderErrors } from '../command-line/data-folder-errors.ts';
import { choice, folder, integer, jsonObject, text } from '../command-line/option-values.ts';
import { optional, required, withDefault } from '../command-line/options.ts';
import { listGivenUp, redriveGivenUp } from './quarantine/given-up.ts';

export const command = defineCommand({
  description:
    'A trade that is none is set aside alone, with its cause, and holds up nothing. Sent again, it lands once, as a\n' +
    'revision of its candle. Without --id, redrive also sends again what functions gave up: dead letters, events, records.\n' +
    'Nothing else may be running on the data folder; a running platform takes redrives by\n' +
    'POST /v1/quarantine/{id}/redrive.',
  options: {
    dataDir: withDefault(folder, './.millrace', 'the data folder'),
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
      if (values.action === 'redrive') return redrive(values, (result) => io.print(result));
      const storage = await openStorage(values.dataDir, { mustExist: true });
      try {
        io.print(
          values.action === 'list'
            ? await listed(storage.state, values.status, values.limit)
            : listGivenUp(storage, values.limit),
        );
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

/** Before the first is sent again: what is refused stays in the list. */
async function allQuarantined(state: StateStore): Promise<string[]> {
  const partition = quarantinePartition('QUARANTINED');
  return (await readIndex<QuarantineRecord>(state, 'operations', partition)).map(({ id }) => id);
}

interface RedriveValues {
  readonly dataDir: string;
  readonly id: string | null;
  readonly fix: object | null;
}

async function redrive(
  { dataDir, id, fix }: RedriveValues,
  print: (result: unknown) => void,
): Promise<number> {
  const mended = fix === null ? null : parseFix(fix);
  assertDataFolder(dataDir);
  const platform = await openPlatform({ dataDir, time: 'tape' });
  try {
    const { state } = platform.ports;
    const ids = id === null ? await allQuarantined(state) : [id];
    const outcomes = [];
    for (const one of ids)
      outcomes.push({ id: one, ...(await redriveQuarantined(platform.ports, one, mended, Date.now())) });
    const told = [...outcomes.map(toldOf), ...(id === null ? await redriveGivenUp(platform.storage) : [])];
    await platform.runtime.drained();
    print(told);
    return outcomes.every((outcome) => outcome.kind === 'redriven') ? EXIT_DONE : EXIT_FAILED;
  } finally {
    await platform.close();
  }
}

function parseFix(fix: object) {
  const parsed = tradeFix.safeParse(fix);
  if (parsed.success) return parsed.data;
  throw new BadInput(firstFieldError(fieldErrors(parsed.error), '--fix'));
}

function toldOf(outcome: RedriveOutcome & { readonly id: string }) {
  if (outcome.kind === 'redriven') return { id: outcome.id, outcome: outcome.kind, detail: null };
  const detail =
    outcome.kind === 'still-bad' ? outcome.cause : outcome.kind === 'not-a-trade' ? outcome.reason : null;
  return { id: outcome.id, outcome: outcome.kind, detail };
}
