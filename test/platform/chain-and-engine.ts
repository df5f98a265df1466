/** A tape through the platform, and through the engine: what one gives, the other has to. */
import { replayCaptures } from '../../collector/tape/replay.ts';
import { tapeOfCapture } from '../../collector/tape/tape-of-capture.ts';
import type { Platform } from '../../embedded/platform.ts';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { DEFAULT_LIMITS } from '../../shared/domain/risk/rules.ts';
import type { StrategyInstance } from '../../shared/domain/strategies/strategy.ts';
import { TapeEngine, type TapeRun } from '../../shared/engine/tape-engine.ts';
import { createStrategy } from '../../shared/runtime/create-strategy.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { readTradingRecords, type TradingRecords } from './trading-records.ts';

const silent = createLog({ write: () => undefined }, 'error');

/** Replays a capture with these instances, until everything that it caused has settled. */
export async function chainOver(
  { ports, storage, gate, runtime }: Platform,
  path: string,
  instances: readonly StrategyInstance[],
): Promise<TradingRecords> {
  const { state } = storage;
  for (const instance of instances) await createStrategy(state, instance, 0);
  await replayCaptures({
    files: [await verifyCapture(path)],
    writer: ports.streams,
    state,
    gate,
    speed: 'max',
    signal: new AbortController().signal,
    log: silent,
  });
  await runtime.drained();
  return readTradingRecords(state);
}

export async function engineOver(path: string, instances: readonly StrategyInstance[]): Promise<TapeRun> {
  const engine = new TapeEngine(instances, DEFAULT_LIMITS);
  for await (const steps of tapeOfCapture(path)) for (const step of steps) engine.step(step);
  return engine.result();
}
