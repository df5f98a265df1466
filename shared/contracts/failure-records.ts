/**
 * What AWS keeps of an invocation that failed to the end, as it documents it. Parsed loosely: services add fields.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
import * as z from 'zod';
import { eventSchemas, type DetailType } from './events.ts';

const context = z.looseObject({
  functionArn: z.string().optional(),
  condition: z.string().optional(),
  approximateInvokeCount: z.number().optional(),
});

const kinesisRecord = z.looseObject({
  kinesis: z.looseObject({ partitionKey: z.string().min(1), sequenceNumber: z.string(), data: z.base64() }),
});
const kinesisEvent = z.looseObject({ Records: z.array(kinesisRecord).min(1) });

const failedBatch = z.looseObject({
  requestContext: context,
  timestamp: z.string().optional(),
  KinesisBatchInfo: z.looseObject({ streamArn: z.string() }),
  /** The whole event, as text; a queue or a topic is not given it. */
  payload: z.union([z.string(), z.looseObject({})]),
});

export interface FailedBatch {
  readonly functionArn: string | null;
  readonly cause: string | null;
  readonly attempts: number | null;
  readonly givenUpAtMs: number | null;
  readonly records: readonly { readonly partitionKey: string; readonly data: Uint8Array }[];
}

/** An object of the failures bucket. @returns a line that says what is wrong when it is none. */
export function parseFailedBatch(text: string): FailedBatch | string {
  const batch = failedBatch.safeParse(parseJson(text));
  if (!batch.success) return `not a failed batch: ${issueOf(batch.error)}`;
  const { requestContext, timestamp, payload } = batch.data;
  const event = kinesisEvent.safeParse(typeof payload === 'string' ? parseJson(payload) : payload);
  if (!event.success) return `its payload is no event of a stream: ${issueOf(event.error)}`;
  return {
    functionArn: requestContext.functionArn ?? null,
    cause: requestContext.condition ?? null,
    attempts: requestContext.approximateInvokeCount ?? null,
    givenUpAtMs: timeOf(timestamp),
    records: event.data.Records.map(({ kinesis: { partitionKey, data } }) => ({
      partitionKey,
      data: Buffer.from(data, 'base64'),
    })),
  };
}

const busEvent = z.looseObject({ 'detail-type': z.string(), detail: z.unknown() });
/** What Lambda writes when it has tried an event for the last time. */
const failedInvocation = z.looseObject({
  requestContext: context,
  timestamp: z.string().optional(),
  requestPayload: busEvent,
  responsePayload: z.looseObject({ errorMessage: z.string().optional() }).nullish(),
});

export interface FailedEvent {
  readonly detailType: string;
  readonly detail: unknown;
  readonly cause: string | null;
  readonly attempts: number | null;
  readonly givenUpAtMs: number | null;
}

/**
 * A message of a queue of failed events: an invocation that failed to the end, or an event that EventBridge could not
 * hand over, which comes as it was, its cause in attributes. @returns a line that says what is wrong when it is neither.
 */
export function parseFailedEvent(
  body: string,
  attributes: Readonly<Record<string, string | undefined>>,
): FailedEvent | string {
  const value = parseJson(body);
  const invocation = failedInvocation.safeParse(value);
  if (invocation.success) {
    const { requestContext, timestamp, requestPayload, responsePayload } = invocation.data;
    return {
      detailType: requestPayload['detail-type'],
      detail: requestPayload.detail,
      cause: responsePayload?.errorMessage ?? requestContext.condition ?? null,
      attempts: requestContext.approximateInvokeCount ?? null,
      givenUpAtMs: timeOf(timestamp),
    };
  }
  const event = busEvent.safeParse(value);
  if (!event.success) return `neither a failed invocation nor an event: ${issueOf(event.error)}`;
  const attempts = Number(attributes['RETRY_ATTEMPTS']);
  return {
    detailType: event.data['detail-type'],
    detail: event.data.detail,
    cause: attributes['ERROR_MESSAGE'] ?? attributes['ERROR_CODE'] ?? null,
    attempts: Number.isInteger(attempts) && attributes['RETRY_ATTEMPTS'] !== undefined ? attempts : null,
    givenUpAtMs: null,
  };
}

export function isDetailType(text: string): text is DetailType {
  return Object.hasOwn(eventSchemas, text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function timeOf(timestamp: string | undefined): number | null {
  const timeMs = Date.parse(timestamp ?? '');
  return Number.isNaN(timeMs) ? null : timeMs;
}

function issueOf(error: z.ZodError): string {
  const issue = error.issues[0]!;
  return `${issue.path.join('.')}: ${issue.message}`;
}
