/** What a start listens to, and what all that it may be have in common. */
import type { TapePorts } from '../../../collector/tape/run-tape.ts';
import type { Platform } from '../../../embedded/platform.ts';
import type { StrategyRequest } from '../../../embedded/strategy-requests.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { Market } from '../../../shared/domain/market-data/market.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { log } from '../../../shared/runtime/log.ts';
import { patientPorts } from '../../../shared/runtime/patient-ports.ts';
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

/** Nothing delivers to a source again: it waits for what it cannot reach, until it is interrupted. */
export function patiently({ ports, runtime }: Platform, io: CommandIo): Pick<Ports, 'streams' | 'state'> {
  return patientPorts(ports, runtime.patience, 'collector', io.signal);
}

export function tapePorts(platform: Platform, values: StartValues, io: CommandIo): TapePorts {
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

export function accountOf({
  capital,
  fee,
  slippage,
}: StartValues): Pick<StrategyRequest, 'capital' | 'feeRate' | 'slippage'> {
  return {
    capital: capital ?? DEFAULTS.capital,
    feeRate: fee ?? DEFAULTS.fee,
    slippage: slippage ?? DEFAULTS.slippage,
  };
}

export function strategyOf(values: StartValues, latencyMs: number | null): StrategyRequest | null {
  if (values.strategy === null) return null;
  return {
    ...accountOf(values),
    name: values.strategy,
    params: values.params ?? {},
    interval: values.strategyInterval ?? DEFAULTS.strategyInterval,
    latencyMs,
  };
}
