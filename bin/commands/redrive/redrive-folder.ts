/** Sends again what lies in a data folder: trades that were set aside, and what functions gave up. */
import { openPlatform } from '../../../embedded/platform.ts';
import { openStorage } from '../../../embedded/storage.ts';
import { EmbeddedGivenUp } from '../../../shared/adapters/embedded/embedded-given-up.ts';
import type { TradeFix } from '../../../shared/contracts/quarantine-views.ts';
import { quarantinePartition } from '../../../shared/contracts/record-keys.ts';
import type { QuarantineRecord } from '../../../shared/contracts/records.ts';
import type { GivenUp, GivenUpFilter } from '../../../shared/ports/given-up.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { readIndex } from '../../../shared/runtime/all-pages.ts';
import { redriveQuarantined, type RedriveOutcome } from '../../../shared/runtime/redrive-quarantine.ts';
import { EXIT_DONE, EXIT_FAILED, type CommandIo } from '../../command-line/command.ts';

export interface FolderRedrive {
  readonly dataDir: string;
  /** Which trades of the quarantine; null: none. */
  readonly quarantined: { readonly id: string | null; readonly fix: TradeFix | null } | null;
  /** What functions gave up; null: nothing of it. */
  readonly givenUp: GivenUpFilter | null;
}

/** @returns the exit code: failed when a trade is still none. */
export async function redriveFolder(
  { dataDir, quarantined, givenUp }: FolderRedrive,
  io: Pick<CommandIo, 'print'>,
): Promise<number> {
  const platform = await openPlatform({ dataDir, use: { mustExist: true }, time: 'tape' });
  try {
    const { state } = platform.ports;
    const outcomes = [];
    if (quarantined !== null) {
      const ids = quarantined.id === null ? await allQuarantined(state) : [quarantined.id];
      for (const one of ids) {
        const outcome = await redriveQuarantined(platform.ports, one, quarantined.fix, Date.now());
        outcomes.push({ id: one, ...outcome });
      }
    }
    const sent = givenUp === null ? [] : await platform.ports.givenUp.redrive(givenUp);
    await platform.runtime.drained();
    io.print([...outcomes.map(toldOf), ...sent]);
    return outcomes.every((outcome) => outcome.kind === 'redriven') ? EXIT_DONE : EXIT_FAILED;
  } finally {
    await platform.close();
  }
}

/** @param limit of each kind. */
export async function listGivenUp(
  dataDir: string,
  filter: GivenUpFilter,
  limit: number,
): Promise<readonly GivenUp[]> {
  const storage = await openStorage(dataDir, { mustExist: true });
  try {
    return await new EmbeddedGivenUp(storage).list(filter, limit);
  } finally {
    await storage.close();
  }
}

/** Before the first is sent again: what is refused stays in the list. */
async function allQuarantined(state: StateStore): Promise<string[]> {
  const partition = quarantinePartition('QUARANTINED');
  return (await readIndex<QuarantineRecord>(state, 'operations', partition)).map(({ id }) => id);
}

function toldOf(outcome: RedriveOutcome & { readonly id: string }) {
  if (outcome.kind === 'redriven') return { id: outcome.id, outcome: outcome.kind, detail: null };
  const detail =
    outcome.kind === 'still-bad' ? outcome.cause : outcome.kind === 'not-a-trade' ? outcome.reason : null;
  return { id: outcome.id, outcome: outcome.kind, detail };
}
