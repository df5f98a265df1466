/** Metrics that AWS keeps by itself and that have an alarm here. */
import type { ServiceMetric } from './metrics.ts';

const A_MINUTE = { periodSeconds: 60, bad: 'atLeast', missingData: 'notBreaching' } as const;
/** One bad minute heals by itself. */
const THREE_MINUTES = { ...A_MINUTE, periods: 3 } as const;

const QUEUE_DEPTH = {
  namespace: 'AWS/SQS',
  metricName: 'ApproximateNumberOfMessagesVisible',
  dimensions: ['QueueName'],
  unit: 'Count',
  help: 'Messages that wait in a queue where failures end.',
} as const;
const FIRST = { ...A_MINUTE, threshold: 1, periods: 1 } as const;
/** SQS stops counting a queue that nobody touched for six hours: what waits in it then waits all the same. */
const FIRST_MESSAGE = { ...FIRST, statistic: 'Maximum', missingData: 'ignore' } as const;
const FIRST_EXECUTION = {
  ...A_MINUTE,
  runbook: 'backtest-run-failed',
  statistic: 'Sum',
  threshold: 1,
  periodSeconds: 300,
  periods: 1,
} as const;

/** `ThrottledRequests` is kept by operation alone, so an alarm on it by table would never have a figure. */
const TABLE_THROTTLES = {
  namespace: 'AWS/DynamoDB',
  dimensions: ['TableName'],
  unit: 'Count',
  alarm: {
    ...THREE_MINUTES,
    what: 'The table <table> refuses requests',
    runbook: 'table-throttles',
    statistic: 'Sum',
    threshold: 1,
  },
} as const;
const SOCKET_ERRORS = {
  namespace: 'AWS/ApiGateway',
  dimensions: ['ApiId'],
  unit: 'Count',
  alarm: {
    ...THREE_MINUTES,
    what: 'The WebSocket API fails',
    runbook: 'socket-errors',
    statistic: 'Sum',
    threshold: 5,
  },
} as const;

export const SERVICE_METRICS = {
  functionErrors: {
    namespace: 'AWS/Lambda',
    metricName: 'Errors',
    dimensions: ['FunctionName'],
    unit: 'Count',
    help: 'Invocations that failed.',
    alarm: {
      ...THREE_MINUTES,
      what: '<function> keeps failing',
      runbook: 'function-errors',
      statistic: 'Sum',
      threshold: 1,
    },
  },
  functionThrottles: {
    namespace: 'AWS/Lambda',
    metricName: 'Throttles',
    dimensions: ['FunctionName'],
    unit: 'Count',
    help: 'Invocations that Lambda refused to start.',
    alarm: {
      ...THREE_MINUTES,
      what: '<function> is throttled',
      runbook: 'function-throttles',
      statistic: 'Sum',
      threshold: 1,
    },
  },
  consumerLag: {
    namespace: 'AWS/Lambda',
    metricName: 'IteratorAge',
    dimensions: ['FunctionName'],
    unit: 'Milliseconds',
    help: 'Age of the last record of a batch that a function was given.',
    alarm: {
      ...THREE_MINUTES,
      what: '<function> is more than 60 s behind the stream <stream>, or is not called',
      runbook: 'stream-lag',
      statistic: 'Maximum',
      threshold: 60_000,
      // The collector writes each second, so a consumer that is given nothing is broken.
      missingData: 'breaching',
    },
  },
  streamFailures: {
    namespace: 'AWS/Lambda',
    metricName: 'OnFailureDestinationDeliveredEventCount',
    dimensions: ['EventSourceMappingUUID'],
    unit: 'Count',
    help: 'Records of a stream that a function was tried with until they were too old, and that lie in the bucket.',
    alarm: {
      ...A_MINUTE,
      what: 'A batch of the stream <stream> for <function> could not be processed and waits',
      runbook: 'stream-failures',
      statistic: 'Sum',
      threshold: 1,
      periods: 1,
    },
  },
  failedEvents: {
    ...QUEUE_DEPTH,
    alarm: {
      ...FIRST_MESSAGE,
      what: 'An event for <function> could not be processed and waits',
      runbook: 'dead-letters',
    },
  },
  deadLetters: {
    ...QUEUE_DEPTH,
    alarm: {
      ...FIRST_MESSAGE,
      what: 'A message of the queue <queue> could not be processed and waits',
      runbook: 'dead-letters',
    },
  },
  queueAge: {
    namespace: 'AWS/SQS',
    metricName: 'ApproximateAgeOfOldestMessage',
    dimensions: ['QueueName'],
    unit: 'Seconds',
    help: 'Age of the oldest message of a queue.',
    alarm: {
      ...THREE_MINUTES,
      what: 'Messages wait more than 30 s in the queue <queue>',
      runbook: 'queue-age',
      statistic: 'Maximum',
      threshold: 30,
    },
  },
  eventQueueAge: {
    namespace: 'AWS/SQS',
    metricName: 'ApproximateAgeOfOldestMessage',
    dimensions: ['QueueName'],
    unit: 'Seconds',
    help: 'Age of the oldest event that waits for a function which decides over money.',
    alarm: {
      ...THREE_MINUTES,
      // Older than a few tries.
      what: 'Events for <function> wait more than two minutes',
      runbook: 'queue-age',
      statistic: 'Maximum',
      threshold: 120,
    },
  },
  restServerErrors: {
    namespace: 'AWS/ApiGateway',
    metricName: '5XXError',
    dimensions: ['ApiName'],
    unit: 'Count',
    help: 'REST requests that were answered with 5xx.',
    alarm: {
      ...THREE_MINUTES,
      what: 'The REST API answers with server errors',
      runbook: 'rest-server-errors',
      statistic: 'Sum',
      threshold: 5,
    },
  },
  releaseServerErrors: {
    namespace: 'AWS/ApiGateway',
    metricName: '5XXError',
    dimensions: ['ApiName'],
    unit: 'Count',
    help: 'The same, as a release that is under way is judged by.',
    alarm: {
      ...A_MINUTE,
      what: 'The REST API answers with server errors, which takes a release back that is under way',
      runbook: 'release-taken-back',
      statistic: 'Sum',
      threshold: 3,
      periods: 1,
    },
  },
  executionsFailed: {
    namespace: 'AWS/States',
    metricName: 'ExecutionsFailed',
    dimensions: ['StateMachineArn'],
    unit: 'Count',
    help: 'Executions of a state machine that failed.',
    alarm: { ...FIRST_EXECUTION, what: 'An execution of <state machine> failed' },
  },
  executionsTimedOut: {
    namespace: 'AWS/States',
    metricName: 'ExecutionsTimedOut',
    dimensions: ['StateMachineArn'],
    unit: 'Count',
    help: 'Executions of a state machine that took too long, which do not count as failed.',
    alarm: { ...FIRST_EXECUTION, what: 'An execution of <state machine> took too long' },
  },
  streamLag: {
    namespace: 'AWS/Kinesis',
    metricName: 'GetRecords.IteratorAgeMilliseconds',
    dimensions: ['StreamName'],
    unit: 'Milliseconds',
    help: 'Age of the last record that any reader of a stream was given.',
    alarm: {
      ...THREE_MINUTES,
      what: 'The stream <stream> is read more than 60 s late, or not at all',
      runbook: 'stream-lag',
      statistic: 'Maximum',
      threshold: 60_000,
      missingData: 'breaching',
    },
  },
  streamWriteThrottles: {
    namespace: 'AWS/Kinesis',
    metricName: 'WriteProvisionedThroughputExceeded',
    dimensions: ['StreamName'],
    unit: 'Count',
    help: 'Records that a stream refused because its shards were full.',
    alarm: {
      ...THREE_MINUTES,
      what: 'The stream <stream> refuses records',
      runbook: 'stream-throttles',
      statistic: 'Sum',
      threshold: 1,
    },
  },
  streamReadThrottles: {
    namespace: 'AWS/Kinesis',
    metricName: 'ReadProvisionedThroughputExceeded',
    dimensions: ['StreamName'],
    unit: 'Count',
    help: 'Reads that a stream refused.',
    alarm: {
      ...THREE_MINUTES,
      what: 'The stream <stream> refuses to be read',
      runbook: 'stream-throttles',
      statistic: 'Sum',
      threshold: 1,
    },
  },
  tableReadThrottles: {
    ...TABLE_THROTTLES,
    metricName: 'ReadThrottleEvents',
    help: 'Reads that a table refused.',
  },
  tableWriteThrottles: {
    ...TABLE_THROTTLES,
    metricName: 'WriteThrottleEvents',
    help: 'Writes that a table refused.',
  },
  indexWriteThrottles: {
    ...TABLE_THROTTLES,
    metricName: 'WriteThrottleEvents',
    dimensions: ['TableName', 'GlobalSecondaryIndexName'],
    help: 'Writes that the index of a table refused, and the table with it.',
  },
  socketIntegrationErrors: {
    ...SOCKET_ERRORS,
    metricName: 'IntegrationError',
    help: 'WebSocket calls whose function failed.',
  },
  socketExecutionErrors: {
    ...SOCKET_ERRORS,
    metricName: 'ExecutionError',
    help: 'WebSocket calls that API Gateway could not hand to a function.',
  },
  collectorMemory: {
    namespace: 'AWS/ECS',
    metricName: 'MemoryUtilization',
    dimensions: ['ClusterName', 'ServiceName'],
    unit: 'Percent',
    help: 'Of the memory that the collector’s task has, what it uses.',
    alarm: {
      ...THREE_MINUTES,
      what: 'The collector uses 85 % of its memory',
      runbook: 'collector-memory',
      statistic: 'Maximum',
      threshold: 85,
    },
  },
} as const satisfies Readonly<Record<string, ServiceMetric>>;
