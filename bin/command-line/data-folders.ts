/** Which data folder a command works on where none is given: each market has its own. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { lastStartedMs } from '../../shared/adapters/embedded/data-folder.ts';
import { MARKETS, type Market } from '../../shared/domain/market-data/market.ts';
import { BadInput } from './bad-input.ts';
import type { CommandIo } from './command.ts';
import { folder } from './option-values.ts';
import { optional } from './options.ts';

const PARENT = '.millrace';

export const folderOfMarket = (market: Market): string => join(PARENT, market);

/** `--data-dir` of a command that looks at a folder. */
export const folderToRead = (description: string) => optional(folder, description, 'the one used last');

/** `--data-dir` of a command that changes what is in a folder. */
export const folderToChange = (description: string) =>
  optional(folder, description, `${PARENT}/<market>, where there is one`);

/**
 * Where a start of a market puts its data.
 * @throws BadInput where the parent of the markets' folders is a folder of data itself, as it was before they had one
 */
export function startFolder(given: string | null, market: Market): string {
  if (given !== null) return given;
  if (lastStartedMs(PARENT) !== null)
    throw new BadInput(
      `data folder: ./${PARENT} is one itself, from before each market had its own: go on with it by --data-dir ${PARENT} --market ${MARKETS.join('|')}, or move it away`,
    );
  return folderOfMarket(market);
}

/** For a command that only reads: where no folder is given, the one into which market data came last. */
export function folderUsedLast(given: string | null, io: Pick<CommandIo, 'tell'>): string {
  if (given !== null) return given;
  const [last] = usedFolders();
  return last === undefined ? folderOfMarket('simulated') : told(last, io);
}

/** For a command that changes something: where no folder is given, the only one that there is. @throws BadInput */
export function onlyFolder(given: string | null, io: Pick<CommandIo, 'tell'>): string {
  if (given !== null) return given;
  const [one, another] = usedFolders();
  if (one === undefined) return folderOfMarket('simulated');
  if (another === undefined) return told(one, io);
  throw new BadInput(`--data-dir is missing: expected ${[one, another].sort().join(' or ')}, both hold data`);
}

/** The latest first. */
function usedFolders(): string[] {
  return [...MARKETS.map(folderOfMarket), PARENT]
    .flatMap((path) => {
      const startedMs = existsSync(path) ? lastStartedMs(path) : null;
      return startedMs === null ? [] : [{ path, startedMs }];
    })
    .sort((a, b) => b.startedMs - a.startedMs)
    .map(({ path }) => path);
}

function told(path: string, { tell }: Pick<CommandIo, 'tell'>): string {
  tell(`data folder: ./${relative('.', path)}`);
  return path;
}
