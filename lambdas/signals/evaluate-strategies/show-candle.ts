import type { ClosedCandle } from '../../../shared/contracts/events.ts';
import { candleViewOf } from '../../../shared/contracts/lane-candles.ts';
import { definitionKey, progressKey, signalKey } from '../../../shared/contracts/record-keys.ts';
import type { ProgressRecord, StrategyRecord } from '../../../shared/contracts/records.ts';
import { deterministicId } from '../../../shared/domain/ids.ts';
import type { Signal } from '../../../shared/domain/orders/order.ts';
import { configuredStrategy } from '../../../shared/domain/strategies/registry.ts';
import { signalOf } from '../../../shared/domain/strategies/signal.ts';
import type { Advice, Strategy } from '../../../shared/domain/strategies/strategy.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { ConditionFailed, type Write } from '../../../shared/ports/state-store.ts';
import { deliverOutbox, outboxWrite, redeliverOutbox, type Outbox } from '../../../shared/runtime/outbox.ts';

type Needs = Pick<Ports, 'state' | 'candles' | 'bus' | 'clock'>;

/** What a strategy is shown: the parts of a candle that a signal needs. */
type Shown = Pick<ClosedCandle, 'openTimeMs' | 'open' | 'high' | 'low' | 'close' | 'volume'>;

/** Candles that a strategy may have missed, read at once. */
const MAX_CATCH_UP = 5000;

/**
 * Shows a candle to one strategy: dropped when it is not newer than the last one seen, preceded by those that were
 * missed when there is a gap. Progress, signal and event are committed together.
 * @returns how many signals it raised.
 */
export async function showCandle(
  ports: Needs,
  instance: StrategyRecord,
  candle: ClosedCandle,
): Promise<number> {
  const { strategyId } = instance;
  const item = await ports.state.get<ProgressRecord>('signals', progressKey(strategyId));
  const definition = item === null ? await ports.state.get('signals', definitionKey(strategyId)) : null;
  // Removed since the index listed it.
  if (item === null && definition === null) return 0;
  const last = item?.value.lastCandleOpenTimeMs ?? null;
  if (last !== null && candle.openTimeMs <= last) {
    await redeliverOutbox(ports, 'signals', outboxId(strategyId, candle.openTimeMs));
    return 0;
  }
  const configured = configuredStrategy(instance.name, instance.params);
  const strategy = item === null ? configured.create() : configured.restore(item.value.snapshot);
  const missed = last === null ? [] : await missedCandles(ports, candle, last);
  const guard: Guard =
    item === null
      ? { version: null, writes: [firstCandleCheck(strategyId, definition!.version)] }
      : { version: item.version, writes: [] };
  return run(ports, instance, strategy, [...missed, candle], guard);
}

/** The bus is unordered: an event may overtake the one before it. The store has what it told. */
async function missedCandles(ports: Needs, candle: ClosedCandle, last: number): Promise<readonly Shown[]> {
  if (candle.previousOpenTimeMs === null || candle.previousOpenTimeMs <= last) return [];
  const stored = await ports.candles.asFirstClosed(
    candle.instrumentId,
    candle.interval,
    last + 1,
    candle.openTimeMs,
    MAX_CATCH_UP,
  );
  return stored.map(candleViewOf);
}

/** What a commit of progress depends on. */
interface Guard {
  /** Of the progress; null: there is none yet. */
  readonly version: number | null;
  readonly writes: readonly Write[];
}

/** The first progress of an instance must not outlive it: it is removed together with its definition. */
function firstCandleCheck(strategyId: string, version: number): Write {
  return {
    kind: 'check',
    table: 'signals',
    ...definitionKey(strategyId),
    condition: { kind: 'version', version },
  };
}

/** Feeds candles until one brings advice, commits, and goes on: a signal is committed with the progress that led to it. */
async function run(
  ports: Needs,
  instance: StrategyRecord,
  strategy: Strategy,
  candles: readonly Shown[],
  first: Guard,
): Promise<number> {
  let guard = first;
  let signals = 0;
  for (const [i, candle] of candles.entries()) {
    const advice = strategy.onCandle(numbersOf(candle));
    if (advice === null && i < candles.length - 1) continue;
    const committed = await commit(ports, instance, strategy, candle, advice, guard);
    // Another delivery of the same candle was faster, and did the same.
    if (!committed) return signals;
    guard = { version: (guard.version ?? 0) + 1, writes: [] };
    if (advice !== null) signals++;
  }
  return signals;
}

async function commit(
  ports: Needs,
  instance: StrategyRecord,
  strategy: Strategy,
  candle: Shown,
  advice: Advice,
  guard: Guard,
): Promise<boolean> {
  const { strategyId } = instance;
  const record: ProgressRecord = { lastCandleOpenTimeMs: candle.openTimeMs, snapshot: strategy.snapshot() };
  const progress: Write = {
    kind: 'put',
    table: 'signals',
    ...progressKey(strategyId),
    value: record,
    condition: guard.version === null ? { kind: 'absent' } : { kind: 'version', version: guard.version },
  };
  const signal = advice === null ? null : signalOf(instance, candle.openTimeMs, candle.close, advice);
  const outbox = signal === null ? null : outboxOf(signal);
  try {
    const told =
      signal === null || outbox === null
        ? []
        : [signalWrite(signal), outboxWrite(outbox, ports.clock.nowMs())];
    const writes = [progress, ...guard.writes, ...told];
    if (writes.length === 1) await ports.state.write(progress);
    else await ports.state.transact(writes);
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
  if (outbox !== null) await deliverOutbox(ports, outbox);
  return true;
}

function signalWrite(signal: Signal): Write {
  return {
    kind: 'put',
    table: 'signals',
    ...signalKey(signal.strategyId, signal.candleOpenTimeMs),
    value: signal,
    condition: { kind: 'none' },
  };
}

function outboxOf(signal: Signal): Outbox {
  return {
    table: 'signals',
    id: outboxId(signal.strategyId, signal.candleOpenTimeMs),
    effects: [{ kind: 'publish', event: { detailType: 'SignalRaisedV1', detail: { signal } } }],
  };
}

function outboxId(strategyId: string, candleOpenTimeMs: number): string {
  return deterministicId('signal-outbox', strategyId, candleOpenTimeMs);
}

function numbersOf({ openTimeMs, open, high, low, close, volume }: Shown) {
  return {
    openTimeMs,
    open: Number(open),
    high: Number(high),
    low: Number(low),
    close: Number(close),
    volume: Number(volume),
  };
}
