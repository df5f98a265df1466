/** What a start listens to: captures, exchanges, or the simulated market. */
import { noteOfCaptures } from '../../../collector/tape/note-of-captures.ts';
import { replayInThread } from '../../../collector/thread/replay-in-thread.ts';
import {
  BadCapture,
  refuseUnreadable,
  verifyCaptures,
  type VerifiedCapture,
} from '../../../shared/adapters/exchanges/capture-file.ts';
import { BadInput } from '../../command-line/bad-input.ts';
import { liveSource } from './live-source.ts';
import { strategyOf, tapePorts, type MarketSource } from './market-source-parts.ts';
import { marketOfCaptures } from './market-of-source.ts';
import { simulatedSource } from './simulated-source.ts';
import type { StartValues } from './start-options.ts';

/** Verifies everything that was given before anything is written. @throws BadInput */
export async function chooseSource(values: StartValues): Promise<MarketSource> {
  if (values.replay.length > 0 && values.live !== null)
    throw new BadInput('--replay and --live: expected one of them');
  if (values.from !== null && values.replay.length === 0)
    throw new BadInput('--from: expected with --replay');
  if (values.symbols !== null && values.live === null) throw new BadInput('--symbols: expected with --live');
  for (const [option, value] of strategyOptions(values)) {
    if (value !== null && values.strategy === null) throw new BadInput(`${option}: expected with --strategy`);
  }
  const isSimulated = values.replay.length === 0 && values.live === null;
  for (const [option, value] of accountOptions(values)) {
    // The simulated market has a strategy of its own.
    if (value !== null && values.strategy === null && !isSimulated)
      throw new BadInput(`${option}: expected with --strategy`);
  }
  for (const [option, value] of simulationOptions(values)) {
    if (value !== null && !isSimulated)
      throw new BadInput(`${option}: is of the simulated market, expected without --replay and --live`);
  }
  if (values.replay.length > 0) return replaySource(values);
  if (values.live !== null) return liveSource(values, values.live);
  return simulatedSource(values);
}

type Given = readonly (readonly [option: string, value: unknown])[];

const strategyOptions = ({ params, strategyInterval }: StartValues): Given => [
  ['--params', params],
  ['--strategy-interval', strategyInterval],
];

const accountOptions = ({ capital, fee, slippage }: StartValues): Given => [
  ['--capital', capital],
  ['--fee', fee],
  ['--slippage', slippage],
];

const simulationOptions = ({ seed, instruments, tradesPerSecond, seconds }: StartValues): Given => [
  ['--seed', seed],
  ['--instruments', instruments],
  ['--trades-per-second', tradesPerSecond],
  ['--seconds', seconds],
];

async function replaySource(values: StartValues): Promise<MarketSource> {
  const files = await readableCaptures(values.replay);
  const fromMs = readFrom(values.from, files);
  const instruments = [...new Set(files.flatMap((file) => file.instruments))].sort();
  return {
    note: noteOfCaptures(files),
    description: `replaying ${files.length === 1 ? files[0]!.path : `${files.length} captures`}${fromMs === null ? '' : ` from ${new Date(fromMs).toISOString()}`}: ${instruments.join(', ') || 'no trades'}`,
    instruments,
    market: marketOfCaptures(files),
    strategy: strategyOf(values, 0),
    time: 'tape',
    run: async (platform, io) => {
      await replayInThread({ ...tapePorts(platform, values, io), files, fromMs });
    },
  };
}

/** @throws BadInput where nothing was received then, or nothing lies behind it */
function readFrom(fromMs: number | null, files: readonly VerifiedCapture[]): number | null {
  if (fromMs === null) return null;
  const firstMs = Math.min(...files.map(({ firstReceivedAtMs }) => firstReceivedAtMs));
  const lastMs = Math.max(...files.map(({ lastReceivedAtMs }) => lastReceivedAtMs));
  if (fromMs >= firstMs && fromMs <= lastMs) return fromMs;
  const [first, last] = [firstMs, lastMs].map((timeMs) => new Date(timeMs).toISOString());
  throw new BadInput(
    `--from: expected a time from ${first} to ${last}, got ${new Date(fromMs).toISOString()}`,
  );
}

async function readableCaptures(paths: readonly string[]): Promise<readonly VerifiedCapture[]> {
  try {
    const files = await verifyCaptures(paths);
    for (const file of files) refuseUnreadable(file);
    return files;
  } catch (error) {
    if (error instanceof BadCapture) throw new BadInput(error.message);
    throw error;
  }
}
