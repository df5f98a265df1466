import type { ReceivedTrade } from '../../../shared/contracts/lane-rows.ts';
import {
  NOTHING_DROPPED,
  type DroppedTrades,
  type LaneTradesRecord,
} from '../../../shared/contracts/packed-seen-trades.ts';
import { formatDecimal } from '../../../shared/domain/decimal.ts';
import { laneKey } from '../../../shared/contracts/record-keys.ts';
import { nothingSeen, type SeenTrades } from '../../../shared/domain/market-data/seen-trades.ts';
import { exchangeOf, type InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import { flaggedByIds, observeTold } from '../../../shared/domain/market-data/observed-trade.ts';
import { UNFLAGGED } from '../../../shared/domain/market-data/quality-flags.ts';
import { QualityLog } from '../../../shared/domain/market-data/quality-event.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineLaneFold, type Emission, type FoldedRecord } from '../../../shared/runtime/lane-fold.ts';
import { quarantine, type Poison } from '../../../shared/runtime/quarantine.ts';
import { tellOfQuality } from '../../../shared/runtime/tell-of-quality.ts';
import { notPositive } from './not-positive.ts';
import { sampleAges } from './sample-ages.ts';

/** Trades already stored, by instrument: a venue that repeats itself after a reconnect is stored once. */
interface State {
  readonly seen: Record<InstrumentId, SeenTrades>;
  dropped: DroppedTrades;
}

interface Effects {
  readonly trades: ReceivedTrade[];
  /** Those that only the store can tell from known ones, by the state that counts them. */
  readonly undecided: Map<State, ReceivedTrade[]>;
  readonly poison: Poison[];
}

type Needs = Pick<Ports, 'state' | 'trades' | 'clock' | 'bus'>;

/** Writes the trades of a batch to the store in one insert, and what is not a trade to quarantine. */
export function createHandler(ports: Needs) {
  return defineLaneFold<State, Effects>('store-trades', ports.state, {
    table: 'market-data',
    key: (lane) => laneKey(lane, 'store-trades'),
    open: (stored) => {
      const { seen = {}, dropped = NOTHING_DROPPED } = (stored as LaneTradesRecord | undefined) ?? {};
      return { seen: { ...seen }, dropped };
    },
    store: (state) => state,
    noEffects: () => ({ trades: [], undecided: new Map(), poison: [] }),
    fold: takeRecord,
    passOver: (state, record) => {
      const { dropped } = state;
      if (record.kind === 'trades')
        state.dropped = { ...dropped, fenced: dropped.fenced + record.trades.length };
    },
    emit: async (effects, emission) => emitBatch(ports, effects, emission),
  });
}

function takeRecord(state: State, { record, lane, sequenceNumber }: FoldedRecord, effects: Effects): void {
  switch (record.kind) {
    case 'order':
    case 'orders':
    case 'cancel':
    case 'replace':
    case 'withdrawal':
      return;
    case 'unreadable':
      effects.poison.push({
        kind: 'record',
        cause: record.cause,
        payload: record.payload,
        instrumentId: null,
        lane,
        functionName: 'store-trades',
      });
      return;
    case 'trades':
      for (const trade of record.trades) takeTrade(state, trade, effects);
      for (const { cause, payload, instrumentId } of record.poison) {
        const kind = instrumentId === null ? 'message' : 'trade';
        effects.poison.push({ kind, cause, payload, instrumentId, lane, functionName: 'store-trades' });
      }
      return;
    default:
      throw new Error(`record ${sequenceNumber}: ${String(record satisfies never)}`);
  }
}

function takeTrade(state: State, trade: ReceivedTrade, { trades, undecided }: Effects): void {
  const seen = (state.seen[trade.instrumentId] ??= nothingSeen());
  const observation = observeTold(seen, trade);
  const flagged = flaggedByIds(seen, trade, observation);
  if (observation !== 'undecided') {
    trades.push(flagged);
    return;
  }
  // Of those that are known already nothing is stored, nor said.
  const ofState = undecided.get(state);
  if (ofState === undefined) undecided.set(state, [flagged]);
  else ofState.push(flagged);
}

async function emitBatch(
  ports: Needs,
  { trades, undecided, poison }: Effects,
  { mayRepeat, invocation }: Emission,
): Promise<void> {
  if (trades.length > 0) await ports.trades.insert(trades, { mayRepeat });
  const stored = [...trades];
  for (const [state, ofState] of undecided) {
    const fresh = await ports.trades.insert(ofState, { mayRepeat: true });
    const known = ofState.length - fresh.length;
    state.dropped = { ...state.dropped, known: state.dropped.known + known };
    if (known > 0) invocation.count('tradesRepeated', known);
    stored.push(...fresh);
  }
  for (const one of poison) await quarantine(ports.state, one, ports.clock.nowMs());
  await tellOfQuality(ports.bus, logOf(stored, poison));
  for (const [venue, ofVenue] of Map.groupBy(stored, tradeVenue)) {
    invocation.countOf(venue, 'tradesStored', ofVenue.length);
    invocation.observe(venue, 'tradeToQueryableMs', sampleAges(ofVenue, invocation.time.nowMs()));
  }
  if (poison.length > 0) invocation.count('quarantined', poison.length);
}

function logOf(stored: readonly ReceivedTrade[], poison: readonly Poison[]): QualityLog {
  const log = new QualityLog();
  for (const { instrumentId, timeMs, tradeId, price, quality = UNFLAGGED } of stored)
    if (quality !== UNFLAGGED)
      log.noteFlags(
        'trade',
        { instrumentId, timeMs, quality },
        () => `trade ${tradeId} at ${formatDecimal(price)}`,
      );
  for (const one of poison) {
    const said = notPositive(one);
    if (said !== null) log.note(said);
  }
  return log;
}

function tradeVenue({ instrumentId }: ReceivedTrade): string {
  return exchangeOf(instrumentId);
}
