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

/** A metric that AWS keeps by itself. */
export interface ServiceMetric {
  readonly namespace: string;
  /** As the service calls it. */
  readonly metricName: string;
  /** The names of its dimensions, all of which an alarm must give. */
  readonly dimensions: readonly string[];
  readonly unit: MetricUnit;
  readonly help: string;
  readonly alarm: Alarm;
}

/** What a metric is told apart by, beside the stage. Never by instrument: that would cost more than the platform. */
export type MetricScope = 'function' | 'platform' | 'venue';

export interface MetricDefinition {
  /** A count adds up, a gauge is how things stand, a distribution has percentiles. */
  readonly kind: 'count' | 'gauge' | 'distribution';
  readonly per: MetricScope;
  readonly unit: MetricUnit;
  readonly help: string;
  /** `null`: it is there to be looked at. One of a function never has one: then it is of the whole platform. */
  readonly alarm: Alarm | null;
}

/** Two stages may share an account, so each metric says of which it is. */
export const METRIC_DIMENSIONS: Readonly<Record<MetricScope, readonly string[]>> = {
  function: ['stage', 'function'],
  platform: ['stage'],
  venue: ['stage', 'venue'],
};

const SUM_OF_FIVE_MINUTES = {
  statistic: 'Sum',
  bad: 'atLeast',
  periodSeconds: 300,
  periods: 1,
  missingData: 'notBreaching',
} as const;

/** Something that happened so many times in a function. */
function counted(help: string) {
  return { kind: 'count', per: 'function', unit: 'Count', help, alarm: null } as const;
}

/** Something of which the first one within five minutes wakes somebody, whichever function counted it. */
function alarming(help: string, what: string, runbook: string, more: Partial<Alarm> = {}) {
  const alarm: Alarm = { ...SUM_OF_FIVE_MINUTES, threshold: 1, what, runbook, ...more };
  return { kind: 'count', per: 'platform', unit: 'Count', help, alarm } as const;
}

function countedByVenue(help: string, alarm: Alarm | null = null) {
  return { kind: 'count', per: 'venue', unit: 'Count', help, alarm } as const;
}

/** Milliseconds of which the longest of each minute is looked at. */
function longest<Per extends 'platform' | 'venue'>(
  per: Per,
  help: string,
  alarm: Pick<Alarm, 'what' | 'runbook' | 'threshold' | 'periods' | 'missingData'>,
) {
  const full: Alarm = { statistic: 'Maximum', bad: 'atLeast', periodSeconds: 60, ...alarm };
  return { kind: 'gauge', per, unit: 'Milliseconds', help, alarm: full } as const;
}

export const METRIC_NAMESPACE = 'Millrace';

const definitions = {
  messagesArchived: counted('Venue messages that went into the archive.'),
  rawUnreadable: counted('Raw records that were no capture and went into the archive as they came.'),
  tradesStored: countedByVenue('Trades written to ClickHouse.', {
    what: 'No trade of <venue> has been stored for five minutes',
    runbook: 'trades-not-stored',
    statistic: 'Sum',
    bad: 'below',
    threshold: 1,
    periodSeconds: 60,
    periods: 5,
    missingData: 'breaching',
  }),
  tradesArchived: counted('Trades written to Parquet files of days that are over.'),
  quotesStored: countedByVenue('Best prices of books written to ClickHouse.'),
  qualityNoted: countedByVenue(
    'What was said against market data: one a second of each flag of an instrument.',
  ),
  tradeToQueryableMs: {
    kind: 'distribution',
    per: 'venue',
    unit: 'Milliseconds',
    help: 'From the receipt of a trade until ClickHouse has it, of a sample of each batch that has its slowest.',
    alarm: {
      what: 'Trades of <venue> take more than 5 s until they can be queried',
      runbook: 'trades-slow',
      statistic: 'p99',
      bad: 'atLeast',
      threshold: 5000,
      periodSeconds: 60,
      periods: 5,
      missingData: 'notBreaching',
    },
  },
  venueSilenceMs: longest('venue', 'Since the last message of the venue.', {
    what: 'Nothing has come from <venue> for a minute',
    runbook: 'feed-silent',
    threshold: 60_000,
    periods: 2,
    missingData: 'breaching',
  }),
  quietestInstrumentMs: longest('venue', 'Since the last trade of the quietest of a venue’s instruments.', {
    what: 'An instrument of <venue> has had no trade for half an hour',
    runbook: 'instrument-silent',
    threshold: 1_800_000,
    periods: 3,
    // No figure at all is the silence of the venue, which has an alarm of its own.
    missingData: 'notBreaching',
  }),
  venueClockOffsetMs: {
    kind: 'gauge',
    per: 'venue',
    unit: 'Milliseconds',
    help: 'How far the clock of the venue and ours are apart.',
    alarm: {
      what: 'The clock of <venue> and ours have been more than a second apart for five minutes',
      runbook: 'clocks-apart',
      statistic: 'Minimum',
      bad: 'atLeast',
      threshold: 1000,
      periodSeconds: 60,
      periods: 5,
      // Before the venue has told its time nobody knows.
      missingData: 'notBreaching',
    },
  },
  collectorStarts: countedByVenue('Starts of a collector of the venue.', {
    ...SUM_OF_FIVE_MINUTES,
    what: 'The collector of <venue> has started three times within a quarter of an hour',
    runbook: 'collector-restarts',
    threshold: 3,
    periodSeconds: 900,
  }),
  connectionsLost: countedByVenue('Connections to the venue that ended and were not ended by us.'),
  connectionsRenewed: countedByVenue(
    'Connections to the venue whose place another took before the venue would have cut them.',
  ),
  tradeIdResets: countedByVenue('How often the venue began to count the trades of an instrument anew.'),
  deafInstruments: countedByVenue('How often an instrument was not heard, though it was traded.'),
  messagesSetAside: countedByVenue(
    'Messages of the venue that were not read, of a channel or market that is not known.',
  ),
  sequenceGaps: countedByVenue('How often the numbers of a connection’s messages had a gap.'),
  bookUpdates: countedByVenue('Changes of books that the venue told.'),
  bookGaps: countedByVenue(
    'How often a book ceased to be whole because something was missing or was no level.',
  ),
  bookResyncs: countedByVenue('Snapshots that took the place of a book.'),
  bookChecksumsBad: countedByVenue('Books that were not what the venue’s checksum says.'),
  bookQuotesBad: countedByVenue('Books whose best prices were not those that the venue told beside them.'),
  booksNotWhole: {
    kind: 'gauge',
    per: 'venue',
    unit: 'Count',
    help: 'Books that are listened to and are not whole.',
    alarm: {
      what: 'A book of <venue> has not been whole for five minutes',
      runbook: 'book-not-whole',
      statistic: 'Minimum',
      bad: 'atLeast',
      threshold: 1,
      periodSeconds: 60,
      periods: 5,
      missingData: 'notBreaching',
    },
  },
  tradesFetched: countedByVenue('Trades that a connection did not bring and that were fetched.'),
  tradesMissing: countedByVenue('Trades that could not be fetched and stay missing.', {
    ...SUM_OF_FIVE_MINUTES,
    what: 'Trades of <venue> are missing for good',
    runbook: 'trades-missing',
    threshold: 1,
  }),
  recordsFenced: counted('Records dropped because another collector had taken over since they were sent.'),
  tradesRepeated: counted('Trades that came again and were known already.'),
  quarantined: alarming(
    'Trades, messages, records and orders that could not be read and were set aside with their cause.',
    'Something could not be read and was set aside',
    'quarantined',
  ),
  candlesClosed: counted('Candles that closed.'),
  candlesRevised: counted('Revisions of closed candles, made by trades that came late.'),
  signalsRaised: counted('Signals of strategies.'),
  signalsWithoutOrder: counted('Signals that asked for nothing that is not there already.'),
  signalsWaiting: counted('Signals that wait for the order in flight of their strategy.'),
  signalsTriedAgain: counted(
    'Signals of whose target nothing worked at the close of a later candle: decided upon again.',
  ),
  targetsLapsed: counted(
    'Targets to begin something that were given up, since their advice had become too old.',
  ),
  signalsRepeated: counted('Signals that had been decided upon already.'),
  ordersApproved: counted('Orders that the risk check let through.'),
  ordersDenied: counted('Orders that the risk check, or a later look at the kill switch, refused.'),
  ordersSubmitted: counted('Orders handed to their venue.'),
  ordersWithdrawn: counted(
    'Orders of which the venue knew nothing when they came too late or trading had been stopped.',
  ),
  ordersRepeated: counted('Order messages that came again and had been seen to.'),
  ordersEnded: counted('Orders that were filled, canceled, rejected or expired.'),
  ordersOverdue: alarming(
    'Orders that should be over and hold their reservation still; each is asked after once more.',
    'Orders should be over and are not',
    'orders-overdue',
    // Asking once more is often enough.
    { periodSeconds: 60, periods: 3 },
  ),
  fillsNotBooked: alarming(
    'Fills of the venue that are not in the ledger ten minutes after their order should be over; each is told again.',
    'An order has filled and its fill is not in the ledger',
    'fill-not-booked',
  ),
  venueReports: counted('What the paper venue told of its orders.'),
  reportsHeard: counted('Reports of venues that desks heard.'),
  reportsRepeated: counted('Reports that had been heard already.'),
  lateReports: alarming(
    'Reports on an order that had ended otherwise: the ledger has the fill, the order does not.',
    'A report came for an order that had ended otherwise',
    'late-report',
  ),
  fillsBooked: counted('Fills booked in the ledger.'),
  outboxesSwept: counted('Outboxes that a crash had left and the sweeper delivered.'),
  outboxesFailed: alarming(
    'Outboxes that the sweeper could not deliver.',
    'Events or messages that belong to a change cannot be delivered',
    'outbox-stuck',
    { periodSeconds: 60, periods: 3 },
  ),
  oldestOutboxMs: longest('platform', 'Age of the oldest outbox that the sweeper found; none is 0.', {
    what: 'Events or messages that belong to a change have waited for five minutes, or nobody looks after them',
    runbook: 'outbox-stuck',
    threshold: 300_000,
    periods: 3,
    missingData: 'breaching',
  }),
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

/** The names of a kind and a scope. */
export type MetricOf<Kind extends MetricDefinition['kind'], Scope extends MetricScope> = {
  [Name in MetricName]: (typeof definitions)[Name] extends { readonly kind: Kind; readonly per: Scope }
    ? Name
    : never;
}[MetricName];

export const METRICS: Readonly<Record<MetricName, MetricDefinition>> = definitions;
