/** Answers, written out. */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { PROBLEM_CONTENT_TYPE, problemOf } from '../../shared/contracts/problem.ts';

type Headers = Readonly<Record<string, string>>;

/** On every answer: it is for the page of this server, as what it says it is, and tells no other site about itself. */
const EVERYWHERE: Headers = {
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function sendBody(
  response: ServerResponse,
  status: number,
  headers: Headers,
  body: string | Uint8Array,
): void {
  if (response.headersSent || response.destroyed) return;
  const content = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...EVERYWHERE, ...headers, ...content });
  response.end(response.req.method === 'HEAD' || status === 204 ? undefined : body);
}

export function sendProblem(
  response: ServerResponse,
  status: number,
  detail: string,
  headers: Headers = {},
  instance?: string,
): void {
  const problem = problemOf(status, detail, instance === undefined ? {} : { instance });
  const sent = { 'content-type': PROBLEM_CONTENT_TYPE, 'cache-control': 'no-store', ...headers };
  sendBody(response, status, sent, JSON.stringify(problem));
}

/** What a function answered. */
export function sendResult(response: ServerResponse, result: APIGatewayProxyResult): void {
  const headers = Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
  const body = result.isBase64Encoded === true ? Buffer.from(result.body, 'base64') : result.body;
  sendBody(response, result.statusCode, Object.fromEntries(headers), body);
}

/** For a connection that has no response object: one that asked for an upgrade, or did not speak HTTP. */
export function refuseSocket(socket: Duplex, status: number, detail: string): void {
  if (socket.destroyed || !socket.writable) return;
  const body = JSON.stringify(problemOf(status, detail));
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'connection: close',
    `content-type: ${PROBLEM_CONTENT_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ];
  socket.end(lines.join('\r\n'));
}
