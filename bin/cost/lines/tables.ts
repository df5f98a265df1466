/** What is written to DynamoDB, read and kept there. */
import { itemBytes, shardsOf, type Month } from '../month.ts';
import { line, round, type Line } from './line.ts';

const WRITE_UNIT_BYTES = 1024;
/** A write or a check within a transaction counts twice. */
const TRANSACTION = 2;
/** Of an order's way: decision, reservation, outbox, order, report, fill, book, and the outboxes' ends. */
const WRITES_AN_ORDER = 24;

export function tables(month: Month): Line[] {
  const { profile, seconds, lanes, load } = month;
  const shards = Math.min(new Map(shardsOf(month.resources)).get('trades') ?? 1, lanes);
  const lanesAPass = lanes / shards;
  const states = (['store-trades', 'build-candles', 'match-orders'] as const).map((name) => {
    const bytes = itemBytes(month, name, month.instrumentsALane);
    const units = Math.ceil(bytes / WRITE_UNIT_BYTES);
    const writes = (month.invocations.get(name) ?? 0) * lanesAPass;
    return line(
      month,
      'DynamoDB',
      `lane states of ${name}`,
      'dynamoWriteUnit',
      writes * units * seconds,
      `${round(writes)} writes/s of ${bytes} B, ${units} units each × ${seconds} s`,
    );
  });
  const position = itemBytes(month, 'position', load.instruments);
  const renewal = TRANSACTION * (1 + Math.ceil(position / WRITE_UNIT_BYTES));
  const renewals = profile.collector.renewalsPerSecond * load.venues;
  const orders = (profile.ordersADay / 86_400) * seconds;
  return [
    ...states,
    line(
      month,
      'DynamoDB',
      'leases with positions',
      'dynamoWriteUnit',
      renewals * renewal * seconds,
      `${renewals}/s × ${renewal} units in a transaction (position ${position} B) × ${seconds} s`,
    ),
    line(
      month,
      'DynamoDB',
      'looks of the standby at the lease',
      'dynamoReadUnit',
      profile.collector.standbyReadsPerSecond * load.venues * seconds,
      `${profile.collector.standbyReadsPerSecond}/s × ${load.venues} venues × ${seconds} s, consistent`,
    ),
    line(
      month,
      'DynamoDB',
      'orders',
      'dynamoWriteUnit',
      orders * WRITES_AN_ORDER,
      `${Math.round(orders)} orders × ${WRITES_AN_ORDER} units`,
    ),
    ...lookUps(month),
    line(month, 'DynamoDB', 'storage', 'dynamoStorageGb', profile.storedGb, 'profile'),
    line(month, 'DynamoDB', 'recovery to any point in time', 'dynamoRecoveryGb', profile.storedGb, 'profile'),
  ];
}

/** An index that has nothing costs half a unit a look. */
const LOOK_UNITS = 0.5;

function lookUps(month: Month): Line[] {
  const candles = month.load.instruments * month.load.venues;
  return Object.entries(month.profile.indexReads).map(([name, each]) =>
    line(
      month,
      'DynamoDB',
      `index looks of ${name}`,
      'dynamoReadUnit',
      candles * each * LOOK_UNITS * month.seconds,
      `${candles} candles/s × ${each} × ${LOOK_UNITS} units × ${month.seconds} s`,
    ),
  );
}
