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
import { ConditionFailed, conditionOn, type Write } from '../../../shared/ports/state-store.ts';
import { toDesk } from '../../../shared/runtime/desk-queue.ts';
import { deliverOutbox, outboxWrite, redeliverOutbox, type Outbox } from '../../../shared/runtime/outbox.ts';

type Needs = Pick<Ports, 'state' | 'candles' | 'queues' | 'clock'>;

/** What a strategy is shown: the parts of a candle that a signal needs. */
type Shown = Pick<
  ClosedCandle,
  'openTimeMs' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'venueOffsetMs'
>;

/** Missed candles that are read at once. */
const CATCH_UP_CANDLES = 5000;

/** A strategy between two candles: what it knows, and what a commit of its progress depends on. */
interface Standing {
  readonly strategy: Strategy;
  /** Of its progress; null: there is none yet. */
  readonly version: number | null;
  /** Further conditions of the next commit. */
  readonly guards: readonly Write[];
}

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
  const configured = configuredStrategy(instance.name, instance.params);
  if (item === null) {
    const definition = await ports.state.get('signals', definitionKey(strategyId));
    // Removed since the index listed it.
    if (definition === null) return 0;
    const guards = [firstCandleCheck(strategyId, definition.version)];
    const first = await show(
      ports,
      instance,
      { strategy: configured.create(), version: null, guards },
      [candle],
      'acts',
    );
    return first.signals;
  }
  const { lastCandleOpenTimeMs: last, snapshot, isBehind } = item.value;
  if (candle.openTimeMs <= last) {
    await redeliverOutbox(ports, 'signals', outboxId(strategyId, candle.openTimeMs));
    return 0;
  }
  const standing = { strategy: configured.restore(snapshot), version: item.version, guards: [] };
  return catchUp(ports, instance, standing, candle, last, isBehind === true);
}

/**
 * The bus is unordered: an event may overtake the one before it, and the store has what it told. What a strategy
 * missed because it was paused brings its indicators up to date and is not acted upon.
 */
async function catchUp(
  ports: Needs,
  instance: StrategyRecord,
  from: Standing,
  candle: ClosedCandle,
  last: number,
  isBehind: boolean,
): Promise<number> {
  let standing: Standing | null = from;
  let signals = 0;
  let seenThrough = last;
  while (candle.previousOpenTimeMs !== null && candle.previousOpenTimeMs > seenThrough) {
    const missed = await missedCandles(ports, candle, seenThrough);
    if (missed.length === 0) break;
    const shown = await show(ports, instance, standing, missed, isBehind ? 'only looks' : 'acts');
    signals += shown.signals;
    standing = shown.standing;
    if (standing === null) return signals;
    seenThrough = missed.at(-1)!.openTimeMs;
  }
  return signals + (await show(ports, instance, standing, [candle], 'acts')).signals;
}

async function missedCandles(ports: Needs, candle: ClosedCandle, last: number): Promise<readonly Shown[]> {
  const { instrumentId, interval, openTimeMs, venueOffsetMs } = candle;
  const stored = await ports.candles.asFirstClosed(
    instrumentId,
    interval,
    last + 1,
    openTimeMs,
    CATCH_UP_CANDLES,
  );
  // What is decided upon them is decided now.
  return stored.map((one) => ({ ...candleViewOf(one), venueOffsetMs }));
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

interface ShownCandles {
  readonly signals: number;
  /** null: another delivery of the same candles was faster, and did the same. */
  readonly standing: Standing | null;
}

/** Feeds candles until one brings advice, commits, and goes on: a signal is committed with the progress that led to it. */
async function show(
  ports: Needs,
  instance: StrategyRecord,
  from: Standing,
  candles: readonly Shown[],
  manner: 'acts' | 'only looks',
): Promise<ShownCandles> {
  const { strategy } = from;
  let standing = from;
  let signals = 0;
  for (const [i, candle] of candles.entries()) {
    const advised = strategy.onCandle(numbersOf(candle));
    const advice = manner === 'acts' ? advised : null;
    if (advice === null && i < candles.length - 1) continue;
    const isCommitted = await commit(ports, instance, standing, candle, advice, manner);
    if (!isCommitted) return { signals, standing: null };
    standing = { strategy, version: (standing.version ?? 0) + 1, guards: [] };
    if (advice !== null) signals++;
  }
  return { signals, standing };
}

async function commit(
  ports: Needs,
  instance: StrategyRecord,
  { strategy, version, guards }: Standing,
  candle: Shown,
  advice: Advice,
  manner: 'acts' | 'only looks',
): Promise<boolean> {
  const { strategyId } = instance;
  const record: ProgressRecord = {
    lastCandleOpenTimeMs: candle.openTimeMs,
    snapshot: strategy.snapshot(),
    ...(manner === 'only looks' ? { isBehind: true } : {}),
  };
  const progress: Write = {
    kind: 'put',
    table: 'signals',
    ...progressKey(strategyId),
    value: record,
    condition: conditionOn(version),
  };
  const signal = advice === null ? null : signalOf(instance, candle, advice);
  const outbox = signal === null ? null : outboxOf(signal);
  try {
    const told =
      signal === null || outbox === null
        ? []
        : [signalWrite(signal), outboxWrite(outbox, ports.clock.nowMs())];
    const writes = [progress, ...guards, ...told];
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
    effects: [toDesk({ kind: 'signal', signal })],
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
