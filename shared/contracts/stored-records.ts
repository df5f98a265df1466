/** Every kind of record that lies in a table, by the keys of topology.ts: what is not listed here cannot be stored. */
import { LANE_CANDLES, LONGER_CANDLES } from './lane-candles-versions.ts';
import { LANE_SEEN_TRADES } from './packed-seen-trades.ts';
import { ORDER_REPORT } from './order-report-versions.ts';
import { OUTBOX } from './outbox-versions.ts';
import { PAPER_VENUE } from './paper-venue-versions.ts';
import { FIRST, versioned, type Versioned, type Versions } from './versioned.ts';

interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Between the records that functions know and the values that tables hold, which carry the version of their form. */
export interface RecordCodec {
  /** @returns plain JSON. */
  stored(table: string, key: Key, record: unknown): unknown;
  /** @throws UnknownVersion */
  record(table: string, key: Key, stored: unknown): unknown;
}

/** `<table> <first part of pk> <first part of sk>` → the versions of what lies there. */
const KINDS: Readonly<Record<string, Versions>> = {
  'market-data LANE archive-raw': FIRST,
  'market-data LANE store-trades': LANE_SEEN_TRADES,
  'market-data LANE store-quotes': FIRST,
  'market-data LANE build-candles': LANE_CANDLES,
  'market-data LANE longer-candles': LONGER_CANDLES,
  'market-data LANE prices': FIRST,
  'signals STRATEGY DEFINITION': FIRST,
  'signals STRATEGY LISTED': FIRST,
  'signals STRATEGY PROGRESS': FIRST,
  'signals STRATEGY SIGNAL': FIRST,
  'signals OUTBOX OUTBOX': OUTBOX,
  'orders ACCOUNT ACCOUNT': FIRST,
  'orders ACCOUNT LIMITS': FIRST,
  'orders ACCOUNT KILL_SWITCH': FIRST,
  'orders ACCOUNT STATES': FIRST,
  'orders ACCOUNT EXPOSURE': FIRST,
  'orders STRATEGY RESERVATION': FIRST,
  'orders STRATEGY DECIDED': FIRST,
  'orders ORDER ORDER': FIRST,
  'orders ORDER REPORT': ORDER_REPORT,
  'orders VENUE match-orders': PAPER_VENUE,
  'orders OUTBOX OUTBOX': OUTBOX,
  'portfolio STRATEGY BOOK': FIRST,
  'portfolio STRATEGY DAY': FIRST,
  'portfolio STRATEGY EXITS': FIRST,
  'portfolio FILL FILL': FIRST,
  'portfolio OUTBOX OUTBOX': OUTBOX,
  'backtest RUN RUN': FIRST,
  'backtest EXECUTION EXECUTION': FIRST,
  'realtime TICKET TICKET': FIRST,
  'realtime CONNECTION CONNECTION': FIRST,
  'realtime CONNECTION CHANNEL': FIRST,
  'operations QUARANTINE ITEM': FIRST,
  'operations COLLECTOR LEASE': FIRST,
  'operations COLLECTOR POSITION': FIRST,
  'operations INSTRUMENT LISTING': FIRST,
  'operations STAGE MARKET': FIRST,
  'operations ARCHIVE WALK': FIRST,
  'operations ARCHIVE DAY': FIRST,
};

export const recordKinds: ReadonlyMap<string, Versioned> = new Map(
  Object.entries(KINDS).map(([name, versions]) => [name, versioned(name, versions)]),
);

export const storedRecords: RecordCodec = {
  stored: (table, key, record) => kindOf(table, key).stored(record),
  record: (table, key, stored) => kindOf(table, key).record(stored, `${table} ${key.pk} / ${key.sk}`),
};

function kindOf(table: string, { pk, sk }: Key): Versioned {
  const name = `${table} ${firstPart(pk)} ${firstPart(sk)}`;
  const kind = recordKinds.get(name);
  if (kind === undefined) {
    throw new TypeError(`no record of the kind “${name}”: list it in shared/contracts/stored-records.ts`);
  }
  return kind;
}

function firstPart(key: string): string {
  const end = key.indexOf('#');
  return end < 0 ? key : key.slice(0, end);
}
