import { laneKey } from '../../../shared/contracts/record-keys.ts';
import type { ReceivedTrade } from '../../../shared/contracts/lane-rows.ts';
import {
  nothingSeen,
  observeTrade,
  type SeenTrades,
} from '../../../shared/domain/market-data/seen-trades.ts';
import { exchangeOf, type InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineLaneFold, type Emission, type FoldedRecord } from '../../../shared/runtime/lane-fold.ts';
import { quarantine, type Poison } from '../../../shared/runtime/quarantine.ts';
import { sampleAges } from './sample-ages.ts';

/** Ids already stored, by instrument: a venue that repeats itself after a reconnect is stored once. */
type State = Record<InstrumentId, SeenTrades>;

interface Effects {
  readonly trades: ReceivedTrade[];
  readonly poison: Poison[];
  repeated: number;
}

/** Writes the trades of a batch to the store in one insert, and what is not a trade to quarantine. */
export function createHandler(ports: Pick<Ports, 'state' | 'trades' | 'clock'>) {
  return defineLaneFold<State, Effects>('store-trades', ports.state, {
    table: 'market-data',
    key: (lane) => laneKey(lane, 'store-trades'),
    open: (stored) => (stored as State | undefined) ?? {},
    store: (state) => state,
    noEffects: () => ({ trades: [], poison: [], repeated: 0 }),
    fold: takeRecord,
    emit: async (effects, emission) => emitBatch(ports, effects, emission),
  });
}

function takeRecord(state: State, { record, lane, sequenceNumber }: FoldedRecord, effects: Effects): void {
  switch (record.kind) {
    case 'order':
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
      for (const trade of record.trades) {
        const seen = (state[trade.instrumentId] ??= nothingSeen());
        if (observeTrade(seen, trade.tradeId) === 'repeated') effects.repeated++;
        else effects.trades.push(trade);
      }
      for (const { cause, payload, instrumentId } of record.poison) {
        const kind = instrumentId === null ? 'message' : 'trade';
        effects.poison.push({ kind, cause, payload, instrumentId, lane, functionName: 'store-trades' });
      }
      return;
    default:
      throw new Error(`record ${sequenceNumber}: ${String(record satisfies never)}`);
  }
}

async function emitBatch(
  ports: Pick<Ports, 'state' | 'trades' | 'clock'>,
  effects: Effects,
  { mayRepeat, invocation }: Emission,
): Promise<void> {
  if (effects.trades.length > 0) await ports.trades.insert(effects.trades, { mayRepeat });
  for (const poison of effects.poison) await quarantine(ports.state, poison, ports.clock.nowMs());
  for (const [venue, trades] of Map.groupBy(effects.trades, tradeVenue)) {
    invocation.countOf(venue, 'tradesStored', trades.length);
    invocation.observe(venue, 'tradeToQueryableMs', sampleAges(trades, Date.now()));
  }
  if (effects.repeated > 0) invocation.count('tradesRepeated', effects.repeated);
  if (effects.poison.length > 0) invocation.count('quarantined', effects.poison.length);
}

function tradeVenue({ instrumentId }: ReceivedTrade): string {
  return exchangeOf(instrumentId);
}
