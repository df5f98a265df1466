/** What is written to DynamoDB, read and kept there. */
import { intervalMs, INTERVALS } from '../../../shared/domain/candles/interval.ts';
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
  const states = (['store-trades', 'store-quotes', 'build-candles', 'match-orders'] as const).map((name) => {
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
    longerCandles(month),
    prices(month),
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

/** The passes in which the minutes of a lane's instruments end: the others write what is shorter alone. */
const ENDS_OF_A_MINUTE = 2;

/** In one transaction with what is shorter, which its own line has once already. */
function longerCandles(month: Month): Line {
  const { lanes, seconds, instrumentsALane } = month;
  const [own, longer] = (['build-candles', 'longer-candles'] as const).map((name) =>
    Math.ceil(itemBytes(month, name, instrumentsALane) / WRITE_UNIT_BYTES),
  ) as [number, number];
  const writes = (lanes * ENDS_OF_A_MINUTE) / 60;
  const units = TRANSACTION * (own + longer) - own;
  return line(
    month,
    'DynamoDB',
    'longer candles of build-candles',
    'dynamoWriteUnit',
    writes * units * seconds,
    `${round(writes)} transactions/s, ${units} units each × ${seconds} s`,
  );
}

/** With each pass: in each second of a busy lane a candle of one closes. */
function prices(month: Month): Line {
  const { lanes, seconds, instrumentsALane } = month;
  const bytes = itemBytes(month, 'prices', instrumentsALane);
  const units = Math.ceil(bytes / WRITE_UNIT_BYTES);
  return line(
    month,
    'DynamoDB',
    'latest prices',
    'dynamoWriteUnit',
    lanes * units * seconds,
    `${lanes} writes/s of ${bytes} B, ${units} units each × ${seconds} s`,
  );
}

/** Of an instrument with trades in each second: one of 1s, a thirtieth of 30s, and so on. */
const CANDLES_A_SECOND = INTERVALS.reduce((sum, interval) => sum + 1000 / intervalMs(interval), 0);

/** An index that has nothing costs half a unit a look. */
const LOOK_UNITS = 0.5;

function lookUps(month: Month): Line[] {
  const candles = round(month.load.instruments * month.load.venues * CANDLES_A_SECOND);
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
