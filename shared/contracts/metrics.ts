/**
 * Every metric that the platform keeps of itself: what is logged, what alarms and what docs/METRICS.md says come from
 * this list. A new one is one line. What the services count by themselves stands in service-metrics.ts.
 */

export type MetricUnit = 'Count' | 'Milliseconds' | 'Seconds' | 'Megabytes' | 'Percent';

/** When somebody is woken, and what they are to read. */
export interface Alarm {
  /** What is wrong, in words; a name in angle brackets stands for what it is wrong with. */
  readonly what: string;
  /** Names `docs/runbooks/<runbook>.md`. */
  readonly runbook: string;
  readonly statistic: 'Sum' | 'Minimum' | 'Maximum' | 'p99';
  /** Whether figures are bad from the threshold upwards or below it. */
  readonly bad: 'atLeast' | 'below';
  readonly threshold: number;
  readonly periodSeconds: number;
  /** Bad ones in a row. */
  readonly periods: number;
  /** What a period without any figure is taken for; `ignore`: the alarm stays as it is. */
  readonly missingData: 'breaching' | 'notBreaching' | 'ignore';
}

export interface MetricDefinition {
  readonly unit: MetricUnit;
  readonly help: string;
  /** `null`: it is there to be looked at. */
  readonly alarm: Alarm | null;
}

/** Something that happened so many times. */
function counted(help: string, alarm: Alarm | null = null): MetricDefinition {
  return { unit: 'Count', help, alarm };
}

export const METRIC_NAMESPACE = 'Millrace';

const definitions = {
  messagesArchived: counted('Venue messages that went into the archive.'),
  rawUnreadable: counted('Raw records that were no capture and went into the archive as they came.'),
  tradesStored: counted('Trades written to ClickHouse.'),
  tradesRepeated: counted('Trades that came again and were known already.'),
  tradesQuarantined: counted(
    'Trades, messages and records that could not be read and were set aside with their cause.',
  ),
  candlesClosed: counted('Candles that closed.'),
  candlesRevised: counted('Revisions of closed candles, made by trades that came late.'),
  signalsRaised: counted('Signals of strategies.'),
  signalsWithoutOrder: counted('Signals that asked for nothing that is not there already.'),
  signalsWaiting: counted('Signals that wait for the order in flight of their strategy.'),
  signalsRepeated: counted('Signals that had been decided upon already.'),
  ordersApproved: counted('Orders that the risk check let through.'),
  ordersDenied: counted('Orders that the risk check, or a later look at the kill switch, refused.'),
  ordersSubmitted: counted('Orders handed to their venue.'),
  ordersWithdrawn: counted('Orders of which the venue knew nothing when they had expired.'),
  ordersRepeated: counted('Order messages that came again and had been seen to.'),
  ordersEnded: counted('Orders that were filled, rejected or expired.'),
  ordersOverdue: counted(
    'Orders that should be over and hold their reservation still; each is asked after once more.',
  ),
  venueReports: counted('What the paper venue told of its orders.'),
  reportsRepeated: counted('Reports that had been recorded already.'),
  lateReports: counted(
    'Reports on an order that had ended otherwise: the ledger has the fill, the order does not.',
  ),
  fillsBooked: counted('Fills booked in the ledger.'),
  fillsRepeated: counted('Fills that had been booked already.'),
  outboxesSwept: counted('Outboxes that a crash had left and the sweeper delivered.'),
  outboxesFailed: counted('Outboxes that the sweeper could not deliver.'),
  chunksPlanned: counted('Chunks that grids of backtests were cut into.'),
  backtestsRun: counted('Backtests that ran.'),
  tokensRefused: counted('Tokens that were refused.'),
  clientErrors: counted('REST requests that were answered with 4xx.'),
  serverErrors: counted('REST requests that were answered with 5xx.'),
  socketsRefused: counted('WebSockets that came without a ticket that holds.'),
  messagesPushed: counted('Messages sent over WebSockets.'),
  messagesTooLong: counted('Messages that no WebSocket takes.'),
  connectionsGone: counted('WebSockets that were gone when something was to be sent.'),
  pushesFailed: counted('Messages that a WebSocket did not take in time.'),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof definitions;

export const METRICS: Readonly<Record<MetricName, MetricDefinition>> = definitions;
