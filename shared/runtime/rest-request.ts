/** Reads the parts of a request by the contract of its route. */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import type { contractOf } from '../contracts/api.ts';
import { fieldErrors, firstFieldError } from '../contracts/problem.ts';
import type { Refusal } from './rest-outcome.ts';

export const MAX_BODY_BYTES = 64 * 1024;

export interface RequestParts {
  readonly path: object;
  readonly query: object;
  readonly body: object;
}

type Contract = ReturnType<typeof contractOf>;
type Read<T> = { readonly kind: 'read'; readonly value: T } | Refusal;
type ParsedRequest = { readonly kind: 'parsed'; readonly parts: RequestParts } | Refusal;

export function parseRequest(contract: Contract, event: APIGatewayProxyEvent): ParsedRequest {
  const path = readPart(contract.path, decoded(event.pathParameters ?? {}), 'path', 'bad-request');
  if (path.kind !== 'read') return path;
  const query = readQuery(contract.query, event);
  if (query.kind !== 'read') return query;
  const body = readBody(contract.body, event);
  if (body.kind !== 'read') return body;
  return { kind: 'parsed', parts: { path: path.value, query: query.value, body: body.value } };
}

/** A gateway may pass the segments of a path on as they were written. No name in a path has a percent sign of its own. */
function decoded(parameters: NonNullable<APIGatewayProxyEvent['pathParameters']>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, decodedText(value)]));
}

function decodedText(text: string | undefined): string | undefined {
  if (text?.includes('%') !== true) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readPart(
  schema: z.ZodType<object>,
  input: unknown,
  where: 'path' | 'query' | 'body',
  refusal: 'bad-request' | 'unprocessable',
): Read<object> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return { kind: 'read', value: parsed.data };
  const errors = fieldErrors(parsed.error);
  return { kind: refusal, detail: firstFieldError(errors, where), errors };
}

function readQuery(schema: z.ZodObject, event: APIGatewayProxyEvent): Read<object> {
  const repeated = Object.entries(event.multiValueQueryStringParameters ?? {}).find(
    ([, values]) => values !== undefined && values.length > 1,
  );
  if (repeated !== undefined) {
    return {
      kind: 'bad-request',
      detail: `query.${repeated[0]}: expected once, given ${repeated[1]?.length} times`,
    };
  }
  return readPart(schema, event.queryStringParameters ?? {}, 'query', 'bad-request');
}

function readBody(schema: z.ZodType<object>, event: APIGatewayProxyEvent): Read<object> {
  const text = bodyText(event);
  if (text === '') return readPart(schema, {}, 'body', 'unprocessable');
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) {
    return { kind: 'too-large', detail: `body: expected at most ${MAX_BODY_BYTES} bytes` };
  }
  const contentType = headerOf(event, 'content-type') ?? '';
  if (contentType.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    return {
      kind: 'unsupported-type',
      detail: `body: expected application/json, got ${contentType || 'no content-type'}`,
    };
  }
  const parsed = parseJson(text);
  if (parsed.kind !== 'read') return parsed;
  return readPart(schema, parsed.value, 'body', 'unprocessable');
}

function parseJson(text: string): Read<unknown> {
  try {
    return { kind: 'read', value: JSON.parse(text) };
  } catch (error) {
    return { kind: 'bad-request', detail: `body: expected JSON: ${(error as Error).message}` };
  }
}

function bodyText({ body, isBase64Encoded }: APIGatewayProxyEvent): string {
  const text = body ?? '';
  return isBase64Encoded ? Buffer.from(text, 'base64').toString('utf8') : text;
}

/** Header names keep the case in which the client wrote them. */
function headerOf(event: APIGatewayProxyEvent, name: string): string | undefined {
  return Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
