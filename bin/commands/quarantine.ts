import { openPlatform } from '../../embedded/platform.ts';
import { openStorage } from '../../embedded/storage.ts';
import { tradeFix } from '../../shared/contracts/quarantine-views.ts';
import { quarantinePartition } from '../../shared/contracts/record-keys.ts';
import {
  QUARANTINE_STATUSES,
  type QuarantineRecord,
  type QuarantineStatus,
} from '../../shared/contracts/records.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { redriveQuarantined, type RedriveOutcome } from '../../shared/runtime/redrive-quarantine.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE, EXIT_FAILED } from '../command-line/command.ts';
import { dataFolderErrors } from '../command-line/data-folder-errors.ts';
import { choice, folder, integer, jsonObject, text } from '../command-line/option-values.ts';
import { optional, required, withDefault } from '../command-line/options.ts';

export const command = defineCommand({
  description:
    'A trade that is none is set aside alone, with its cause, and holds up nothing. Sent again, it lands once, as a\n' +
    'revision of its candle. Nothing else may be running on the data folder; a running platform takes redrives by\n' +
    'POST /v1/quarantine/{id}/redrive.',
  options: {
    dataDir: withDefault(folder, './.millrace', 'the data folder'),
    status: withDefault(choice(QUARANTINE_STATUSES), 'QUARANTINED', 'which to list'),
    limit: withDefault(integer(1, 1000), '100', 'how many to list'),
    id: optional(text('ID'), 'the one to send again; without it, all'),
    fix: optional(jsonObject, 'fields to mend: price, quantity, tradeId, side, timeMs'),
  },
  positionals: { action: required(choice(['list', 'redrive']), 'what to do') },
  examples: [
    { line: 'millrace quarantine list --format table', what: 'what was set aside, and why' },
    {
      line: `millrace quarantine redrive --id 1c23… --fix '{"price":"61837.63"}'`,
      what: 'mends one trade and sends it again',
    },
  ],
  run: async (values, io) =>
    dataFolderErrors(async () => {
      if (values.fix !== null && values.id === null)
        throw new BadInput('--fix: expected with --id, one trade at a time');
      if (values.action === 'redrive') return redrive(values, (result) => io.print(result));
      const storage = await openStorage(values.dataDir, { mustExist: true });
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

interface RedriveValues {
  readonly dataDir: string;
  readonly limit: number;
  readonly id: string | null;
  readonly fix: object | null;
}

async function redrive(
  { dataDir, limit, id, fix }: RedriveValues,
  print: (result: unknown) => void,
): Promise<number> {
  const mended = fix === null ? null : parseFix(fix);
  const check = await openStorage(dataDir, { mustExist: true });
  await check.close();
  const platform = await openPlatform({ dataDir, time: 'tape' });
  try {
    const { state } = platform.ports;
    const ids = id === null ? (await listed(state, 'QUARANTINED', limit)).map((record) => record.id) : [id];
    const outcomes = [];
    for (const one of ids)
      outcomes.push({ id: one, ...(await redriveQuarantined(platform.ports, one, mended, Date.now())) });
    await platform.runtime.drained();
    print(outcomes.map(toldOf));
    return outcomes.every((outcome) => outcome.kind === 'redriven') ? EXIT_DONE : EXIT_FAILED;
  } finally {
    await platform.close();
  }
}

function parseFix(fix: object) {
  const parsed = tradeFix.safeParse(fix);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new BadInput(`--fix: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a fix'}`);
}

function toldOf(outcome: RedriveOutcome & { readonly id: string }) {
  if (outcome.kind === 'redriven') return { id: outcome.id, outcome: outcome.kind, detail: null };
  const detail =
    outcome.kind === 'still-bad' ? outcome.cause : outcome.kind === 'not-a-trade' ? outcome.reason : null;
  return { id: outcome.id, outcome: outcome.kind, detail };
}
