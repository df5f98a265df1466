import type { GivenUpFilter, GivenUpKind, GivenUpStore } from '../../shared/ports/given-up.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE, EXIT_FAILED, type CommandIo } from '../command-line/command.ts';
import { dataFolderErrors } from '../command-line/data-folder-errors.ts';
import { folderToRead, folderUsedLast, onlyFolder } from '../command-line/data-folders.ts';
import { choice, integer } from '../command-line/option-values.ts';
import { flag, optional, withDefault } from '../command-line/options.ts';
import { listGivenUp, redriveFolder } from './redrive/redrive-folder.ts';
import { openStage } from './redrive/open-stage.ts';

const KINDS = {
  records: 'record',
  events: 'event',
  'dead-letters': 'message',
  quarantined: null,
} as const satisfies Record<string, GivenUpKind | null>;
type KindName = keyof typeof KINDS;

export const command = defineCommand({
  description:
    'What a function could not be made to take waits: records of a stream, events of the bus, dead letters of a queue.\n' +
    'This sends it again the way that it came, once its cause is gone. Each is taken off the list only when it has been\n' +
    'accepted, and known by its ids: to interrupt it, or to run it twice, does no harm. Of a data folder it also sends\n' +
    'trades that were set aside (quarantine redrive is the same); nothing else may be running on the folder.',
  options: {
    stage: optional(
      choice(['localstack', 'dev', 'prod']),
      'a deployment instead of a data folder; region and credentials as the AWS command line takes them',
    ),
    function: optional(
      choice(Object.keys(topology.functions) as FunctionName[], 'NAME'),
      'only what this one gave up',
    ),
    kind: optional(choice(Object.keys(KINDS) as KindName[]), 'only this kind; without it, all'),
    dataDir: folderToRead('the data folder; needed to send again where each market has one'),
    list: flag('says what there is, and sends nothing'),
    dryRun: flag('the same as --list'),
    limit: withDefault(integer(1, 1000), '100', 'with --list: how many, of each kind'),
  },
  examples: [
    { line: 'npx millrace redrive --list --format table', what: 'what was given up, and why' },
    { line: 'npx millrace redrive --stage prod --kind records', what: 'after an outage of ClickHouse' },
  ],
  run: async ({ stage, function: name, kind, list, dryRun, limit, ...given }, io) => {
    const looksOnly = list || dryRun;
    if (kind === 'quarantined' && stage !== null)
      throw new BadInput(
        '--kind quarantined: expected without --stage; a deployment takes it by POST /v1/quarantine/{id}/redrive',
      );
    if (kind === 'quarantined' && looksOnly)
      throw new BadInput('--kind quarantined: expected without --list; see millrace quarantine list');
    const filter: GivenUpFilter = { kind: kind === null ? null : KINDS[kind], function: name };
    if (stage !== null) return redriveStage(await openStage(stage), filter, looksOnly ? limit : null, io);
    return dataFolderErrors(async () => {
      const dataDir = (looksOnly ? folderUsedLast : onlyFolder)(given.dataDir, io);
      if (!looksOnly) {
        const trades = (kind === null && name === null) || kind === 'quarantined';
        const quarantined = trades ? { id: null, fix: null } : null;
        return redriveFolder({ dataDir, quarantined, givenUp: kind === 'quarantined' ? null : filter }, io);
      }
      io.print(await listGivenUp(dataDir, filter, limit));
      return EXIT_DONE;
    });
  },
});

async function redriveStage(
  givenUp: GivenUpStore,
  filter: GivenUpFilter,
  limit: number | null,
  io: CommandIo,
): Promise<number> {
  if (limit !== null) {
    io.print(await givenUp.list(filter, limit));
    return EXIT_DONE;
  }
  const sent = await givenUp.redrive(filter);
  io.print(sent);
  return sent.every(({ left }) => left === null) ? EXIT_DONE : EXIT_FAILED;
}
