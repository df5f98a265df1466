/** What a start listens to: captures, an exchange, or the simulated market. */
import { chooseInstruments } from '../../../collector/live/choose-instruments.ts';
import { collectLive } from '../../../collector/live/collect-live.ts';
import { fetchDirectory } from '../../../collector/live/fetch-directory.ts';
import { LiveRefused } from '../../../collector/live/live-venue.ts';
import { noteOfCaptures } from '../../../collector/tape/note-of-captures.ts';
import { replayCaptures } from '../../../collector/tape/replay.ts';
import type { TapePorts } from '../../../collector/tape/run-tape.ts';
import { VenueVitals } from '../../../collector/live/venue-vitals.ts';
import { collectSynthetic } from '../../../embedded/synthetic-source.ts';
import type { Platform } from '../../../embedded/platform.ts';
import { marketOfVenue, MixedEndpoints } from '../../../shared/adapters/exchanges/market-of-url.ts';
import type { VenueEndpoints } from '../../../shared/adapters/exchanges/venue.ts';
import type { StrategyRequest } from '../../../embedded/strategy-requests.ts';
import {
  BadCapture,
  refuseUnreadable,
  verifyCaptures,
  type VerifiedCapture,
} from '../../../shared/adapters/exchanges/capture-file.ts';
import { marketOfCaptures } from './market-of-source.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { Market } from '../../../shared/domain/market-data/market.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { log } from '../../../shared/runtime/log.ts';
import { patientPorts } from '../../../shared/runtime/patient-ports.ts';
import { SyntheticMarket } from '../../../simulator/synthetic-market.ts';
import { BadInput } from '../../command-line/bad-input.ts';
import type { CommandIo } from '../../command-line/command.ts';
import { DEFAULTS, type StartValues } from './start-options.ts';

export interface MarketSource {
  /** One line for people. */
  readonly description: string;
  /** One line for people about what they might not expect; null: there is nothing. */
  readonly note: string | null;
  readonly instruments: readonly InstrumentId[];
  readonly market: Market;
  /** null: none was asked for. */
  readonly strategy: StrategyRequest | null;
  /** Whose time decides. */
  readonly time: 'tape' | 'wall';
  /** Feeds the platform until the source ends or the command is interrupted. */
  run(platform: Platform, io: CommandIo): Promise<void>;
}

/** Verifies everything that was given before anything is written. @throws BadInput */
export async function chooseSource(values: StartValues): Promise<MarketSource> {
  if (values.replay.length > 0 && values.live !== null)
    throw new BadInput('--replay and --live: expected one of them');
  if (values.symbols !== null && values.live === null) throw new BadInput('--symbols: expected with --live');
  for (const [option, value] of strategyOptions(values)) {
    if (value !== null && values.strategy === null) throw new BadInput(`${option}: expected with --strategy`);
  }
  for (const [option, value] of simulationOptions(values)) {
    if (value !== null && (values.replay.length > 0 || values.live !== null))
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

const simulationOptions = ({ seed, instruments, tradesPerSecond, seconds }: StartValues): Given => [
  ['--seed', seed],
  ['--instruments', instruments],
  ['--trades-per-second', tradesPerSecond],
  ['--seconds', seconds],
];

async function replaySource(values: StartValues): Promise<MarketSource> {
  const files = await readableCaptures(values.replay);
  const instruments = [...new Set(files.flatMap((file) => file.instruments))].sort();
  return {
    note: noteOfCaptures(files),
    description: `replaying ${files.length === 1 ? files[0]!.path : `${files.length} captures`}: ${instruments.join(', ') || 'no trades'}`,
    instruments,
    market: marketOfCaptures(files),
    strategy: strategyOf(values, 0),
    time: 'tape',
    run: async (platform, io) => {
      await replayCaptures({ ...tapePorts(platform, values, io), files });
    },
  };
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

/** The exchange itself, on paper. */
async function liveSource(values: StartValues, exchange: string): Promise<MarketSource> {
  if (values.once)
    throw new BadInput('--once: expected with --replay or the simulated market, an exchange has no end');
  if (values.speed !== null) throw new BadInput('--speed: an exchange has its own');
  if (values.symbols === null)
    throw new BadInput('--symbols is missing: expected with --live, such as BTCUSDT,ETHUSDT');
  const endpoints = standInOf(exchange);
  const instruments = await liveInstruments(exchange, values.symbols, endpoints);
  return {
    note: null,
    description: `listening to ${exchange}: ${instruments.join(', ')}`,
    instruments,
    market: marketOf(exchange, endpoints),
    strategy: strategyOf(values, null),
    time: 'wall',
    run: async (platform, io) => {
      const vitals = new VenueVitals(exchange);
      platform.venues.push(vitals);
      const { streams, state } = patiently(platform, io);
      await collectLive({
        vitals,
        exchange,
        instrumentIds: instruments,
        writer: streams,
        state,
        isSole: true,
        log,
        signal: io.signal,
        ...(endpoints === null ? {} : { endpoints }),
      });
    },
  };
}

/**
 * Where `MILLRACE_BINANCE_WS` and `MILLRACE_BINANCE_REST` are set, and likewise of any exchange, a stand-in for it.
 * @returns null where the venue's own are meant. @throws BadInput for one without the other
 */
function standInOf(exchange: string): VenueEndpoints | null {
  const [wsName, restName] = ['WS', 'REST'].map((part) => `MILLRACE_${exchange.toUpperCase()}_${part}`) as [
    string,
    string,
  ];
  const { [wsName]: ws, [restName]: rest } = process.env;
  if (ws === undefined && rest === undefined) return null;
  if (ws === undefined || rest === undefined)
    throw new BadInput(`${wsName} and ${restName}: expected both or neither`);
  return { ws, rest };
}

/** @throws BadInput */
function marketOf(exchange: string, endpoints: VenueEndpoints | null): Market {
  try {
    return marketOfVenue(exchange, endpoints);
  } catch (error) {
    throw error instanceof MixedEndpoints ? new BadInput(error.message) : error;
  }
}

/** A catalogue that cannot be had holds nothing up: the collector asks for it again. */
async function liveInstruments(
  exchange: string,
  symbols: readonly string[],
  endpoints: VenueEndpoints | null,
): Promise<InstrumentId[]> {
  try {
    return chooseInstruments(exchange, symbols, await fetchDirectory(exchange, endpoints));
  } catch (error) {
    if (error instanceof LiveRefused) throw new BadInput(error.message.replace(/^live:/, '--symbols:'));
    throw error;
  }
}

const SIMULATED_STRATEGY = {
  name: 'ma-crossover',
  params: { fastPeriod: 5, slowPeriod: 20 },
  interval: '1s',
} as const;

function simulatedSource(values: StartValues): MarketSource {
  const market = {
    seed: values.seed ?? DEFAULTS.seed,
    instruments: values.instruments ?? DEFAULTS.instruments,
    tradesPerSecond: values.tradesPerSecond ?? DEFAULTS.tradesPerSecond,
  };
  const seconds = values.seconds ?? (values.once ? DEFAULTS.secondsOnce : null);
  const asked = strategyOf(values, 0);
  return {
    note: null,
    description: `a simulated market (seed ${market.seed}): nobody trades there but a random generator`,
    instruments: new SyntheticMarket(market).instrumentIds,
    market: 'simulated',
    strategy: asked ?? { ...accountOf(values), ...SIMULATED_STRATEGY, latencyMs: 0 },
    time: 'tape',
    run: async (platform, io) => {
      await collectSynthetic({
        ...tapePorts(platform, values, io),
        market,
        startTimeMs: values.once ? SIMULATED_START_MS : 'now',
        ...(seconds === null ? {} : { seconds }),
      });
    },
  };
}

/** 2026-01-01T00:00:00Z: a run with --once is the same whenever it is made. */
const SIMULATED_START_MS = 1_767_225_600_000;

/** Nothing delivers to a source again: it waits for what it cannot reach, until it is interrupted. */
function patiently({ ports, runtime }: Platform, io: CommandIo): Pick<Ports, 'streams' | 'state'> {
  return patientPorts(ports, runtime.patience, 'collector', io.signal);
}

function tapePorts(platform: Platform, values: StartValues, io: CommandIo): TapePorts {
  let told = 0;
  const { streams, state } = patiently(platform, io);
  return {
    writer: streams,
    state,
    gate: platform.gate,
    speed: values.speed ?? (values.once ? 'max' : 1),
    signal: io.signal,
    log,
    onProgress: ({ trades, clockMs }) => {
      if (!values.once || Date.now() - told < PROGRESS_EVERY_MS || clockMs < 0) return;
      told = Date.now();
      io.tell(`${trades} trades, ${new Date(clockMs).toISOString()}`);
    },
  };
}

const PROGRESS_EVERY_MS = 5000;

function accountOf({
  capital,
  fee,
  slippage,
}: StartValues): Pick<StrategyRequest, 'capital' | 'feeRate' | 'slippage'> {
  return { capital, feeRate: fee, slippage };
}

function strategyOf(values: StartValues, latencyMs: number | null): StrategyRequest | null {
  if (values.strategy === null) return null;
  return {
    ...accountOf(values),
    name: values.strategy,
    params: values.params ?? {},
    interval: values.strategyInterval ?? DEFAULTS.strategyInterval,
    latencyMs,
  };
}
