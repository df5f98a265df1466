/** Where each record lies: the keys of topology.ts, spelt once. Times in sort keys are padded, so text order is time order. */
import type { Interval } from '../domain/candles/interval.ts';
import { exchangeOf, type InstrumentId } from '../domain/market-data/instrument.ts';
import type { Signal } from '../domain/orders/order.ts';
import type { QuarantineStatus } from './records.ts';

interface Key {
  readonly pk: string;
  readonly sk: string;
}
interface Index {
  readonly partition: string;
  readonly sort: string;
}

/** Fifteen digits reach past the year 30000. */
export function sortableTime(timeMs: number): string {
  return String(timeMs).padStart(15, '0');
}

/** Table `signals`. */
export const definitionKey = (strategyId: string): Key => ({
  pk: `STRATEGY#${strategyId}`,
  sk: 'DEFINITION',
});
export const listedKey = (strategyId: string): Key => ({ pk: `STRATEGY#${strategyId}`, sk: 'LISTED' });
export const progressKey = (strategyId: string): Key => ({ pk: `STRATEGY#${strategyId}`, sk: 'PROGRESS' });
export const signalKey = (strategyId: string, candleOpenTimeMs: number): Key => ({
  pk: `STRATEGY#${strategyId}`,
  sk: `SIGNAL#${sortableTime(candleOpenTimeMs)}`,
});
/** Definitions that a candle concerns; a paused one is in no such list. */
export const runningPartition = (instrumentId: InstrumentId, interval: Interval): string =>
  `RUNNING#${instrumentId}#${interval}`;
export const runningIndex = (strategyId: string, instrumentId: InstrumentId, interval: Interval): Index => ({
  partition: runningPartition(instrumentId, interval),
  sort: strategyId,
});
export const STRATEGIES_PARTITION = 'STRATEGIES';
export const strategiesIndex = (strategyId: string): Index => ({
  partition: STRATEGIES_PARTITION,
  sort: strategyId,
});

/** Table `orders`. */
export const accountKey = (accountId: string): Key => ({ pk: `ACCOUNT#${accountId}`, sk: 'ACCOUNT' });
export const ACCOUNTS_PARTITION = 'ACCOUNTS';
export const accountsIndex = (accountId: string): Index => ({
  partition: ACCOUNTS_PARTITION,
  sort: accountId,
});
export const limitsKey = (accountId: string): Key => ({ pk: `ACCOUNT#${accountId}`, sk: 'LIMITS' });
export const killSwitchKey = (accountId: string): Key => ({ pk: `ACCOUNT#${accountId}`, sk: 'KILL_SWITCH' });
export const statesKey = (accountId: string): Key => ({ pk: `ACCOUNT#${accountId}`, sk: 'STATES' });
export const exposureKey = (accountId: string): Key => ({ pk: `ACCOUNT#${accountId}`, sk: 'EXPOSURE' });
export const reservationKey = (strategyId: string): Key => ({
  pk: `STRATEGY#${strategyId}`,
  sk: 'RESERVATION',
});
/** Reservations by the time until which their venue may take their order, by our clock. */
export const IN_FLIGHT_PARTITION = 'IN_FLIGHT';
export const inFlightIndex = (expiresAtMs: number, clientOrderId: string): Index => ({
  partition: IN_FLIGHT_PARTITION,
  sort: `${sortableTime(expiresAtMs)}#${clientOrderId}`,
});
export const decidedKey = (strategyId: string): Key => ({ pk: `STRATEGY#${strategyId}`, sk: 'DECIDED' });
/** Targets that nothing works towards: the next candle of their feed concerns them. */
export const heldPartition = (instrumentId: InstrumentId, interval: Interval): string =>
  `HELD#${instrumentId}#${interval}`;
export const heldIndex = ({ strategyId, instrumentId, interval }: Signal): Index => ({
  partition: heldPartition(instrumentId, interval),
  sort: strategyId,
});
export const orderKey = (clientOrderId: string): Key => ({ pk: `ORDER#${clientOrderId}`, sk: 'ORDER' });
/** What the venue told of an order, by its number. Five digits are more than an order has reports. */
export const venueReportKey = (clientOrderId: string, number: number): Key => ({
  pk: `ORDER#${clientOrderId}`,
  sk: `REPORT#${String(number).padStart(5, '0')}`,
});
/** Where its end lay before reports had numbers. */
export const unnumberedReportKey = (clientOrderId: string): Key => ({
  pk: `ORDER#${clientOrderId}`,
  sk: 'REPORT',
});
export const ordersPartition = (accountId: string): string => `ORDERS#${accountId}`;
export const ordersIndex = (accountId: string, effectiveTimeMs: number, clientOrderId: string): Index => ({
  partition: ordersPartition(accountId),
  sort: `${sortableTime(effectiveTimeMs)}#${clientOrderId}`,
});
/** The paper venue's state of a lane. */
export const venueKey = (lane: string): Key => ({ pk: `VENUE#${lane}`, sk: 'match-orders' });

/** Table `portfolio`. */
export const bookKey = (strategyId: string): Key => ({ pk: `STRATEGY#${strategyId}`, sk: 'BOOK' });
export const exitsKey = (strategyId: string): Key => ({ pk: `STRATEGY#${strategyId}`, sk: 'EXITS' });
export const DAY_PREFIX = 'DAY#';
export const dayKey = (strategyId: string, utcDay: string): Key => ({
  pk: `STRATEGY#${strategyId}`,
  sk: `${DAY_PREFIX}${utcDay}`,
});
export const booksPartition = (accountId: string): string => `BOOKS#${accountId}`;
export const booksIndex = (accountId: string, strategyId: string): Index => ({
  partition: booksPartition(accountId),
  sort: strategyId,
});
export const fillKey = (fillId: string): Key => ({ pk: `FILL#${fillId}`, sk: 'FILL' });
export const fillsPartition = (accountId: string): string => `FILLS#${accountId}`;
export const fillsIndex = (accountId: string, timeMs: number, fillId: string): Index => ({
  partition: fillsPartition(accountId),
  sort: `${sortableTime(timeMs)}#${fillId}`,
});

/** Table `market-data`. */
export const laneKey = (lane: string, functionName: string): Key => ({
  pk: `LANE#${lane}`,
  sk: functionName,
});

/** What build-candles keeps of a lane's longer intervals. */
export const longerCandlesKey = (lane: string): Key => laneKey(lane, 'longer-candles');

/** The latest price of each instrument of a lane. */
export const lanePricesKey = (lane: string): Key => laneKey(lane, 'prices');

/** Table `operations`. */
export const quarantineKey = (id: string): Key => ({ pk: `QUARANTINE#${id}`, sk: 'ITEM' });
export const quarantinePartition = (status: QuarantineStatus): string => `QUARANTINE#${status}`;
export const quarantineIndex = (status: QuarantineStatus, quarantinedAtMs: number, id: string): Index => ({
  partition: quarantinePartition(status),
  sort: `${sortableTime(quarantinedAtMs)}#${id}`,
});
export const collectorPositionKey = (sourceId: string): Key => ({
  pk: `COLLECTOR#${sourceId}`,
  sk: 'POSITION',
});
/** Who listens to an exchange. */
export const collectorLeaseKey = (exchange: string): Key => ({
  pk: `COLLECTOR#live-${exchange}`,
  sk: 'LEASE',
});
/** Which market a stage is of. */
export const MARKET_KEY: Key = { pk: 'STAGE', sk: 'MARKET' };

/** What the venue lists of an instrument, with every change. */
export const instrumentListingKey = (instrumentId: InstrumentId): Key => ({
  pk: `INSTRUMENT#${instrumentId}`,
  sk: 'LISTING',
});
export const listingsPartition = (exchange: string): string => `LISTINGS#${exchange}`;
export const listingsIndex = (instrumentId: InstrumentId): Index => ({
  partition: listingsPartition(exchangeOf(instrumentId)),
  sort: instrumentId,
});

/** How far the trades of an instrument are archived. */
export const archiveWalkKey = (instrumentId: InstrumentId): Key => ({
  pk: `ARCHIVE#${instrumentId}`,
  sk: 'WALK',
});
/** What is archived of a day of an instrument. */
export const archivedDayKey = (instrumentId: InstrumentId, utcDay: string): Key => ({
  pk: `ARCHIVE#${instrumentId}`,
  sk: `DAY#${utcDay}`,
});

/** Table `realtime`. */
export const ticketKey = (sha256: string): Key => ({ pk: `TICKET#${sha256}`, sk: 'TICKET' });
export const connectionKey = (connectionId: string): Key => ({
  pk: `CONNECTION#${connectionId}`,
  sk: 'CONNECTION',
});
export const subscriptionKey = (connectionId: string, channel: string): Key => ({
  pk: `CONNECTION#${connectionId}`,
  sk: `CHANNEL#${channel}`,
});
/** The connections that hear a channel. */
export const channelPartition = (channel: string): string => `CHANNEL#${channel}`;
export const channelIndex = (channel: string, connectionId: string): Index => ({
  partition: channelPartition(channel),
  sort: connectionId,
});
