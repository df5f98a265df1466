/** What can go wrong, each as the cloud or a machine does it. */
export const FAULT_KINDS = [
  /** The process is killed, wherever it is, and started again over what is durable. */
  'crash',
  /** A store, queue, bus or stream cannot be reached, is throttled, or the call times out before it came to anything. */
  'unreachable',
  /** What was asked is done; its answer is lost. */
  'answer-lost',
  /** An error that says nothing: the delivery fails. */
  'error',
  /** A call takes seconds; now and then longer than its function may. */
  'slow',
  /** A function is not started, or its answer is lost, or it is started twice for one delivery. */
  'not-started',
  'result-lost',
  'started-twice',
  /** Of a batch that was done, some messages are reported as failed. */
  'partial-batch',
  /** Events are published twice; records are appended twice. */
  'published-twice',
  'appended-twice',
  /** What the collector sent is sent again. */
  'resent',
  /** A record, a row or a message that nobody can read. */
  'poison',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** They use up the tries that a delivery has. In a cloud that is otherwise well they do not use up all of them. */
export const FAILING: ReadonlySet<FaultKind> = new Set([
  'error',
  'not-started',
  'result-lost',
  'slow',
  'partial-batch',
]);
