import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { deskMessage, type DeskMessage } from '../../../shared/contracts/desk-messages.ts';
import { fieldErrors, firstFieldError } from '../../../shared/contracts/problem.ts';
import { UnknownVersion } from '../../../shared/contracts/versioned.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { ConditionFailed } from '../../../shared/ports/state-store.ts';
import { Unreachable } from '../../../shared/ports/unreachable.ts';
import { defineFunction, describeError, type Invocation } from '../../../shared/runtime/define-function.ts';
import { parsedBody, takeInOrder } from '../../../shared/runtime/fifo-batch.ts';
import { log } from '../../../shared/runtime/log.ts';
import { quarantineMessage } from '../../../shared/runtime/quarantine.ts';
import { applyReport } from './apply-report.ts';
import { checkSignal } from './check-signal.ts';
import { markUnknown } from './mark-unknown.ts';

type Needs = Pick<Ports, 'state' | 'bus' | 'queues' | 'clock'>;

/** What fails so often will fail again, and the account must go on. */
const MAX_FAILURES = 5;

/**
 * The desk of each account: hears signals and the reports of venues one after the other, decides by the one and books the
 * other. It alone turns advice into orders and fills into positions.
 */
export function createHandler(ports: Needs) {
  return defineFunction('run-desk', async ({ Records }: SQSEvent, invocation): Promise<SQSBatchResponse> =>
    takeInOrder(
      Records,
      async (record) => {
        const parsed = deskMessage.safeParse(parsedBody(record));
        if (!parsed.success) {
          const cause = `not a message for a desk: ${firstFieldError(fieldErrors(parsed.error), 'message')}`;
          return setAside(ports, record, record.body, cause, invocation);
        }
        try {
          await step(ports, parsed.data, invocation);
        } catch (error) {
          if (!isBeyondHope(record, error)) throw error;
          await park(ports, record, parsed.data, error, invocation);
        }
      },
      ({ messageId }, error) => {
        log.error('desk message failed', { messageId, error: describeError(error) });
      },
    ),
  );
}

async function step(ports: Needs, message: DeskMessage, invocation: Invocation): Promise<void> {
  if (message.kind === 'signal') invocation.count(await checkSignal(ports, message));
  else for (const outcome of await applyReport(ports, message.report)) invocation.count(outcome);
}

/** A store that is away, or that somebody else writes to just now, says nothing of the message. */
function isBeyondHope({ attributes }: SQSRecord, error: unknown): boolean {
  if (error instanceof Unreachable || error instanceof UnknownVersion || error instanceof ConditionFailed)
    return false;
  return Number(attributes.ApproximateReceiveCount) >= MAX_FAILURES;
}

/** Its order becomes UNKNOWN: the sweeper asks after it, and what its venue told lies in the table. */
async function park(
  ports: Needs,
  record: SQSRecord,
  message: DeskMessage,
  error: unknown,
  invocation: Invocation,
): Promise<void> {
  log.error('desk message parked', { messageId: record.messageId, error: describeError(error) });
  const cause = error instanceof Error ? error.message : String(error);
  if (message.kind === 'report') await markUnknown(ports, message.report.clientOrderId, cause);
  await setAside(ports, record, withoutTime(message), `failed ${MAX_FAILURES} times: ${cause}`, invocation);
}

/** Sent again each minute by the sweeper it is the same thing still, and one entry. */
function withoutTime(message: DeskMessage): string {
  return JSON.stringify(message.kind === 'report' ? { kind: message.kind, report: message.report } : message);
}

async function setAside(
  ports: Needs,
  record: SQSRecord,
  payload: string,
  cause: string,
  invocation: Invocation,
): Promise<void> {
  await quarantineMessage(ports, 'run-desk', record, cause, payload);
  invocation.count('quarantined');
}
