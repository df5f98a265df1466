/**
 * The map of the mill: every stream, table, queue, rule, schedule and route, the function that each feeds, and
 * what that function may touch. Plain data, read by the CDK stacks and by the embedded platform alike.
 */
import type { Topology } from './topology-schema.ts';

export const topology = {
  streams: {
    trades: { partitionKey: 'lane', retentionHours: 24, shards: { localstack: 1, dev: 1, prod: 4 } },
    raw: { partitionKey: 'lane', retentionHours: 24, shards: { localstack: 1, dev: 1, prod: 1 } },
  },

  tables: {
    'market-data': {
      description: 'What each stream fold knows of its lane.',
      keys: ['LANE#<lane> / <function>: the fold’s state, written once a batch under its version', 'LANE#<lane> / longer-candles: of build-candles, with it', 'LANE#<lane> / prices: the latest price of each instrument of the lane'],
      accessPatterns: [
        'store-trades, store-quotes, build-candles: get and put the state of a lane; build-candles: get store-trades’, to know what is stored; read-health: what it dropped',
        'read-market, read-portfolio, manage-strategies: get the prices of a lane, and build-candles’ state where they are not told yet; read-market for the open candle too',
      ],
    },
    signals: {
      description: 'Strategy instances, what they remember, and the signals they raised.',
      keys: [
        'STRATEGY#<strategyId> / DEFINITION: what was asked for',
        'STRATEGY#<strategyId> / PROGRESS: last candle and indicator state',
        'STRATEGY#<strategyId> / SIGNAL#<candleOpenTimeMs>: a signal',
        'OUTBOX#<id> / OUTBOX: events committed with a change and not yet sent (also in orders and portfolio)',
      ],
      accessPatterns: [
        'evaluate-strategies: index RUNNING#<instrumentId>#<interval> → definitions that a candle concerns',
        'manage-strategies: index STRATEGIES → all definitions; get one',
        'sweep-pending: index PENDING → outboxes, oldest first',
      ],
    },
    orders: {
      description: 'Accounts, risk limits, the kill switch, reservations, orders and the paper venue.',
      keys: [
        'ACCOUNT#<accountId> / ACCOUNT: its venue and how orders fare there', 'ACCOUNT#<accountId> / LIMITS: the risk limits',
        'ACCOUNT#<accountId> / KILL_SWITCH: whether trading is stopped, by whom and why',
        'ACCOUNT#<accountId> / STATES: what is halted or only reduced, by whom, why and until when',
        'ACCOUNT#<accountId> / EXPOSURE: what its instances hold and reserve together, once a limit asks for that',
        'STRATEGY#<strategyId> / RESERVATION: the one order in flight of an instance, and the signal that waits for it',
        'STRATEGY#<strategyId> / DECIDED: the newest signal that was decided upon, what of it is not reached, and what risk rules remember',
        'ORDER#<clientOrderId> / ORDER: an order and its status',
        'ORDER#<clientOrderId> / REPORT#<number>: what the venue told of an order',
        'VENUE#<lane> / match-orders: the paper venue’s open orders in a lane',
      ],
      accessPatterns: [
        'run-desk: get limits, kill switch, states, exposure, reservation, decided, reports; put order with reservation, decided and exposure',
        'manage-backtests: get limits; manage-risk, manage-strategies: get and put an account with its limits and kill switch; index ACCOUNTS',
        'submit-order: get order, kill switch and states; put order, with reservation, decided and exposure where it denies',
        'read-orders: index ORDERS#<accountId> by effective time → orders, newest first',
        'evaluate-strategies: index HELD#<instrumentId>#<interval> → what was decided and nothing works towards',
        'match-orders: put each report of an order before it tells of it',
        'sweep-pending: index PENDING → outboxes, oldest first; index IN_FLIGHT → reservations whose order should be over; get its next report',
      ],
    },
    portfolio: {
      description: 'The ledger: a book per strategy instance, and its fills.',
      keys: [
        'STRATEGY#<strategyId> / BOOK: cash, position, profit',
        'STRATEGY#<strategyId> / DAY#<yyyy-mm-dd>: equity at the first decision of a UTC day',
        'STRATEGY#<strategyId> / EXITS: the newest positions that it closed',
        'FILL#<fillId> / FILL: a fill',
      ],
      accessPatterns: [
        'run-desk: get book, exits and fill, get and put the day’s opening equity; put book with fill (absent) and exits; index BOOKS#<accountId> where a limit asks for all',
        'read-portfolio: index BOOKS#<accountId> → books; index FILLS#<accountId> by time → fills',
      ],
    },
    backtest: {
      description: 'Backtest runs. Their data and results are objects.',
      keys: ['RUN#<runId> / RUN: what was asked, its state, its best results'],
      accessPatterns: ['manage-backtests: get one; index RUNS by submission time → newest first'],
    },
    realtime: {
      description: 'WebSocket connections, their subscriptions, and one-use tickets.',
      keys: [
        'TICKET#<sha256> / TICKET: unused until deleted',
        'CONNECTION#<id> / CONNECTION: who it is',
        'CONNECTION#<id> / CHANNEL#<channel>: one subscription',
      ],
      accessPatterns: ['push-updates: index CHANNEL#<channel> → connections', 'close-socket: query a connection’s items'],
    },
    operations: {
      description: 'Quarantine, how far each collector has come, and what the venues list.',
      keys: [
        'QUARANTINE#<id> / ITEM: what was set aside, its cause, what became of it',
        'COLLECTOR#<sourceId> / POSITION: the last place whose messages are durable', 'COLLECTOR#<sourceId> / LEASE: who listens to an exchange',
        'STAGE / MARKET: which market all of it is of', 'INSTRUMENT#<id> / LISTING: what its venue lists of it, since when',
        'ARCHIVE#<id> / WALK: up to which day its trades are archived', 'ARCHIVE#<id> / DAY#<yyyy-mm-dd>: how many of a day are',
      ],
      accessPatterns: [
        'manage-quarantine: get one; index QUARANTINE#<status> by time', 'read-market: get one; index LISTINGS#<exchange> by id',
        'archive-trades: get and put the walk and the days of an instrument',
      ],
    },
  },

  queues: {
    // What a venue has done must be booked: tried for two hours. What is poison is parked long before.
    desks: { groupId: 'accountId', visibilityTimeoutSeconds: 60, maxReceives: 120 },
    'orders-urgent': { groupId: 'strategyId', visibilityTimeoutSeconds: 30, maxReceives: 5 },
    'orders-standard': { groupId: 'strategyId', visibilityTimeoutSeconds: 30, maxReceives: 5 },
  },

  functions: {
    'archive-raw': {
      context: 'market-data', description: 'Keeps every venue message as a replayable capture.', timeoutSeconds: 5, memoryMb: 512,
      capabilities: { state: { 'market-data': 'write' }, objects: { 'raw/': 'write', 'unreadable/': 'write' } },
    },
    'store-trades': {
      context: 'market-data', description: 'Writes trades to ClickHouse; sets poison aside.', timeoutSeconds: 5, memoryMb: 1024,
      capabilities: { state: { 'market-data': 'write', operations: 'write' }, trades: 'write', publish: ['QualityNotedV1'] },
    },
    'store-quotes': {
      context: 'market-data', description: 'Writes quotes and levels of books to ClickHouse, and tells of the newest.', timeoutSeconds: 5, memoryMb: 512,
      capabilities: { state: { 'market-data': 'write', operations: 'write' }, quotes: 'write', publish: ['QuotesChangedV1', 'QualityNotedV1'] },
    },
    'build-candles': {
      context: 'market-data', description: 'Folds trades into candles and announces the closed ones.', timeoutSeconds: 5, memoryMb: 1024,
      capabilities: { state: { 'market-data': 'write' }, trades: 'read', candles: 'write', append: ['trades'], publish: ['CandlesClosedV1', 'QualityNotedV1'] },
    },
    'keep-quality': {
      context: 'market-data', description: 'Keeps the log of what was said against market data.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { quality: 'write' },
    },
    'archive-trades': {
      context: 'market-data', description: 'Writes the trades of days that are over to Parquet files.', timeoutSeconds: 60, memoryMb: 1769,
      capabilities: { state: { operations: 'write' }, trades: 'read', candles: 'read', objects: { 'trades/': 'write' } },
    },
    'evaluate-strategies': {
      context: 'signals', description: 'Shows closed candles to the strategies that asked for them.', timeoutSeconds: 5, memoryMb: 512,
      capabilities: { state: { signals: 'write', orders: 'read' }, candles: 'read', send: ['desks'] },
    },
    'run-desk': {
      context: 'orders', description: 'Turns signals into orders or denies them; books what venues tell of them.', timeoutSeconds: 5, memoryMb: 512,
      capabilities: {
        state: { orders: 'write', portfolio: 'write', operations: 'write', signals: 'read', 'market-data': 'read' },
        publish: ['OrderChangedV1', 'PortfolioChangedV1'], send: ['desks', 'orders-urgent', 'orders-standard'],
      },
    },
    'submit-order': {
      context: 'orders', description: 'Hands an order to its venue, once.', timeoutSeconds: 5, memoryMb: 512,
      capabilities: { state: { orders: 'write', operations: 'write' }, append: ['trades'], publish: ['OrderChangedV1'], send: ['desks'] },
    },
    'match-orders': {
      context: 'orders', description: 'The paper venue: meets orders with the tape of their lane.', timeoutSeconds: 5, memoryMb: 512,
      capabilities: { state: { orders: 'write' }, send: ['desks'] },
    },
    'plan-grid': {
      context: 'backtest', description: 'Freezes the candles of a run and cuts its grid into chunks.', timeoutSeconds: 60, memoryMb: 1024,
      capabilities: { state: { backtest: 'write' }, candles: 'read', objects: { 'backtests/': 'write' } },
    },
    'run-chunk': {
      context: 'backtest', description: 'Runs the engine over one chunk of a grid.', timeoutSeconds: 300, memoryMb: 1769,
      capabilities: { objects: { 'backtests/': 'write' } },
    },
    'summarise-grid': {
      context: 'backtest', description: 'Gathers the chunks of a run into its report.', timeoutSeconds: 60, memoryMb: 1024,
      capabilities: { state: { backtest: 'write' }, objects: { 'backtests/': 'write' } },
    },
    'authorize-request': {
      context: 'api', description: 'Verifies the token of a REST request.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { verifyTokens: true },
    },
    'describe-api': { context: 'api', description: 'Says that the API lives, what it offers and what a token allows.', timeoutSeconds: 5, memoryMb: 256, capabilities: {} },
    'read-health': {
      context: 'api', description: 'Says how each function is doing, and what was counted.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { functionHealth: true, metrics: true, deadLetters: 'read', state: { 'market-data': 'read' } },
    },
    'read-market': {
      context: 'api', description: 'Prices, candles, bars and what the venues list.', timeoutSeconds: 5, memoryMb: 512,
      capabilities: { trades: 'read', candles: 'read', quotes: 'read', quality: 'read', state: { 'market-data': 'read', operations: 'read' } },
    },
    'manage-strategies': {
      context: 'api', description: 'Creates, shows, pauses and removes strategy instances.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { state: { signals: 'write', portfolio: 'write', orders: 'write', 'market-data': 'read' } },
    },
    'read-orders': {
      context: 'api', description: 'Orders and what became of them.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { state: { orders: 'read' } },
    },
    'read-portfolio': {
      context: 'api', description: 'Positions, equity and fills.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { state: { portfolio: 'read', orders: 'read', 'market-data': 'read' } },
    },
    'manage-risk': {
      context: 'api', description: 'Accounts, risk limits, trading states and the kill switch.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { state: { orders: 'write' } },
    },
    'manage-quarantine': {
      context: 'api', description: 'Shows what was set aside and sends it again.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { state: { operations: 'write' }, append: ['trades'] },
    },
    'redrive-given-up': {
      context: 'api', description: 'Shows what functions gave up and sends it again.', timeoutSeconds: 25, memoryMb: 512,
      capabilities: { givenUp: 'write' },
    },
    'manage-backtests': {
      context: 'api', description: 'Submits and shows backtest runs.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { state: { backtest: 'write', orders: 'read' }, execute: ['run-backtest-grid'] },
    },
    'issue-socket-ticket': {
      context: 'api', description: 'Gives a one-use ticket for the WebSocket.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { state: { realtime: 'write' } },
    },
    'open-socket': {
      context: 'api', description: 'Lets a WebSocket in against a ticket.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { state: { realtime: 'write' } },
    },
    'close-socket': {
      context: 'api', description: 'Forgets a WebSocket.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { state: { realtime: 'write' } },
    },
    'receive-socket-message': {
      context: 'api', description: 'Subscribes and unsubscribes channels.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { state: { realtime: 'write' }, push: true },
    },
    'push-updates': {
      context: 'api', description: 'Sends what happened to the WebSockets that asked for it.', timeoutSeconds: 5, memoryMb: 256,
      capabilities: { state: { realtime: 'write' }, push: true },
    },
    'sweep-pending': {
      context: 'operations', description: 'Sends what a crashed function left pending.', timeoutSeconds: 60, memoryMb: 256,
      capabilities: {
        state: { signals: 'write', orders: 'write', portfolio: 'write' },
        publish: ['OrderChangedV1', 'PortfolioChangedV1'], send: ['desks', 'orders-urgent', 'orders-standard'],
      },
    },
  },

  streamConsumers: [
    { stream: 'raw', function: 'archive-raw', batchSize: 10, maxBatchingWindowSeconds: 0, retryAttempts: 10, maxRecordAgeSeconds: 82_800 },
    { stream: 'trades', function: 'store-trades', batchSize: 100, maxBatchingWindowSeconds: 1, retryAttempts: 10, maxRecordAgeSeconds: 82_800 },
    { stream: 'trades', function: 'store-quotes', batchSize: 100, maxBatchingWindowSeconds: 1, retryAttempts: 10, maxRecordAgeSeconds: 82_800 },
    { stream: 'trades', function: 'build-candles', batchSize: 100, maxBatchingWindowSeconds: 1, retryAttempts: 10, maxRecordAgeSeconds: 82_800, latencyMatters: true },
    { stream: 'trades', function: 'match-orders', batchSize: 100, maxBatchingWindowSeconds: 1, retryAttempts: 10, maxRecordAgeSeconds: 82_800, latencyMatters: true },
  ],
  queueWorkers: [
    { queue: 'desks', function: 'run-desk', batchSize: 10 },
    { queue: 'orders-urgent', function: 'submit-order', batchSize: 10 },
    { queue: 'orders-standard', function: 'submit-order', batchSize: 10 },
  ],
  rules: [
    { detailType: 'CandlesClosedV1', functions: ['evaluate-strategies', 'push-updates'] },
    { detailType: 'QuotesChangedV1', functions: ['push-updates'] },
    { detailType: 'QualityNotedV1', functions: ['keep-quality', 'push-updates'] },
    { detailType: 'PortfolioChangedV1', functions: ['push-updates'] },
    { detailType: 'OrderChangedV1', functions: ['push-updates'] },
  ],
  eventQueues: [
    // The next candle makes up for one that was missed; of a long interval that comes late.
    { function: 'evaluate-strategies', visibilityTimeoutSeconds: 30, maxReceives: 10 },
  ],
  schedules: [
    { function: 'sweep-pending', everyMinutes: 1 },
    { function: 'archive-trades', everyMinutes: 5 },
  ],

  authorizer: 'authorize-request',
  routes: [
    { method: 'GET', path: '/openapi.json', function: 'describe-api', open: true },
    { method: 'GET', path: '/v1/health', function: 'describe-api', open: true },
    { method: 'GET', path: '/v1/caller', function: 'describe-api', role: 'viewer' },
    { method: 'GET', path: '/v1/status', function: 'read-health', role: 'viewer' },
    { method: 'GET', path: '/metrics', function: 'read-health', role: 'viewer' },
    { method: 'GET', path: '/v1/prices/{pair}', function: 'read-market', role: 'viewer' },
    { method: 'GET', path: '/v1/candles/{pair}', function: 'read-market', role: 'viewer' },
    { method: 'GET', path: '/v1/bars/{pair}', function: 'read-market', role: 'viewer' },
    { method: 'GET', path: '/v1/quotes/{pair}', function: 'read-market', role: 'viewer' },
    { method: 'GET', path: '/v1/books/{pair}', function: 'read-market', role: 'viewer' },
    { method: 'GET', path: '/v1/quality', function: 'read-market', role: 'viewer' },
    { method: 'GET', path: '/v1/correlations', function: 'read-market', role: 'viewer' },
    { method: 'GET', path: '/v1/instruments', function: 'read-market', role: 'viewer' },
    { method: 'GET', path: '/v1/strategies', function: 'manage-strategies', role: 'viewer' },
    { method: 'POST', path: '/v1/strategies', function: 'manage-strategies', role: 'trader' },
    { method: 'GET', path: '/v1/strategies/{strategyId}', function: 'manage-strategies', role: 'viewer' },
    { method: 'PUT', path: '/v1/strategies/{strategyId}', function: 'manage-strategies', role: 'trader' },
    { method: 'DELETE', path: '/v1/strategies/{strategyId}', function: 'manage-strategies', role: 'trader' },
    { method: 'GET', path: '/v1/orders', function: 'read-orders', role: 'viewer' },
    { method: 'GET', path: '/v1/orders/{clientOrderId}', function: 'read-orders', role: 'viewer' },
    { method: 'GET', path: '/v1/portfolio', function: 'read-portfolio', role: 'viewer' },
    { method: 'GET', path: '/v1/fills', function: 'read-portfolio', role: 'viewer' },
    { method: 'GET', path: '/v1/accounts', function: 'manage-risk', role: 'viewer' },
    { method: 'POST', path: '/v1/accounts', function: 'manage-risk', role: 'operator' },
    { method: 'GET', path: '/v1/accounts/{accountId}', function: 'manage-risk', role: 'viewer' },
    { method: 'GET', path: '/v1/risk/limits', function: 'manage-risk', role: 'viewer' },
    { method: 'PUT', path: '/v1/risk/limits', function: 'manage-risk', role: 'operator' },
    { method: 'GET', path: '/v1/risk/rules', function: 'manage-risk', role: 'viewer' },
    { method: 'GET', path: '/v1/risk/states', function: 'manage-risk', role: 'viewer' },
    { method: 'PUT', path: '/v1/risk/states', function: 'manage-risk', role: 'operator' },
    { method: 'GET', path: '/v1/risk/kill-switch', function: 'manage-risk', role: 'viewer' },
    { method: 'PUT', path: '/v1/risk/kill-switch', function: 'manage-risk', role: 'operator' },
    { method: 'GET', path: '/v1/quarantine', function: 'manage-quarantine', role: 'viewer' },
    { method: 'POST', path: '/v1/quarantine/{id}/redrive', function: 'manage-quarantine', role: 'operator' },
    { method: 'GET', path: '/v1/given-up', function: 'redrive-given-up', role: 'viewer' },
    { method: 'POST', path: '/v1/given-up/redrive', function: 'redrive-given-up', role: 'operator' },
    { method: 'GET', path: '/v1/backtests', function: 'manage-backtests', role: 'viewer' },
    { method: 'POST', path: '/v1/backtests', function: 'manage-backtests', role: 'trader' },
    { method: 'GET', path: '/v1/backtests/{runId}', function: 'manage-backtests', role: 'viewer' },
    { method: 'POST', path: '/v1/socket-tickets', function: 'issue-socket-ticket', role: 'viewer' },
  ],
  socketRoutes: [
    { routeKey: '$connect', function: 'open-socket' },
    { routeKey: '$disconnect', function: 'close-socket' },
    { routeKey: '$default', function: 'receive-socket-message', actions: { subscribe: 'viewer', unsubscribe: 'viewer' } },
  ],

  stateMachines: {
    'run-backtest-grid': {
      tasks: { PlanGridArn: 'plan-grid', RunChunkArn: 'run-chunk', SummariseGridArn: 'summarise-grid' },
      timeoutMinutes: 60,
    },
  },
} as const satisfies Topology;

export type StreamName = keyof typeof topology.streams;
export type TableName = keyof typeof topology.tables;
export type QueueName = keyof typeof topology.queues;
export type FunctionName = keyof typeof topology.functions;
export type StateMachineName = keyof typeof topology.stateMachines;
