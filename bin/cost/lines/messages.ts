/** Events, queues, sockets, and what leaves for ClickHouse. */
import { at, booksOf, ofType, type Month } from '../month.ts';
import { line, round, type Line } from './line.ts';

/** Signal, order and its changes, fill, portfolio. */
const EVENTS_AN_ORDER = 6;

export function events(month: Month): Line[] {
  const { seconds, profile } = month;
  const closing = Math.min(month.invocations.get('build-candles') ?? 0, month.lanes);
  const quoting = Math.min(month.invocations.get('store-quotes') ?? 0, month.lanes);
  const orders = (profile.ordersADay / 86_400) * EVENTS_AN_ORDER;
  return [
    line(
      month,
      'EventBridge',
      'events',
      'busEvent',
      (closing + quoting + orders) * seconds,
      `${round(closing)}/s of closed candles + ${round(quoting)}/s of books + ${round(orders)}/s of orders × ${seconds} s`,
    ),
  ];
}

export function queues(month: Month): Line[] {
  const { profile, seconds } = month;
  const read = ofType(month.resources, 'AWS::Lambda::EventSourceMapping').filter(
    ({ properties }) => at(properties, 'StartingPosition') === undefined,
  ).length;
  const quantity = read * profile.queuePollsPerSecond * seconds;
  return [
    line(
      month,
      'SQS',
      'looks into queues',
      'sqsFifoRequest',
      quantity,
      `${read} queues × ${profile.queuePollsPerSecond}/s × ${seconds} s`,
    ),
  ];
}

export function sockets(month: Month): Line[] {
  const { profile, seconds } = month;
  return [
    line(
      month,
      'API Gateway',
      'socket messages',
      'socketMessage',
      profile.socketMessagesPerSecond * seconds,
      `${profile.socketMessagesPerSecond}/s × ${seconds} s`,
    ),
    line(
      month,
      'API Gateway',
      'socket minutes',
      'socketMinute',
      (profile.socketConnections * seconds) / 60,
      `${profile.socketConnections} connections`,
    ),
  ];
}

export function transfer(month: Month): Line[] {
  const { load, profile, seconds } = month;
  const books = booksOf(load) * profile.books.bytesToClickHouse;
  const gb = ((load.tradesPerSecond * profile.bytesATradeToClickHouse + books) * seconds) / 1e9;
  return [
    line(
      month,
      'ClickHouse',
      'trades and books sent to it within the region',
      'transferGb',
      gb,
      `(${load.tradesPerSecond} trades/s × ${profile.bytesATradeToClickHouse} B + ${books} B/s of books) × ${seconds} s`,
    ),
  ];
}
