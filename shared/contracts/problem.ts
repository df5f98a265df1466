/** What a refused request is told: RFC 9457, `application/problem+json`. */
import { STATUS_CODES } from 'node:http';
import * as z from 'zod';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

export const problem = z.strictObject({
  /** `about:blank`: the status says all that there is to say of the kind (RFC 9457, 4.2.1). */
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  /** One line: what, where, what was expected. */
  detail: z.string(),
  /** Names this one occurrence, as the log does. */
  instance: z.string().optional(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problem>;
export type FieldError = NonNullable<Problem['errors']>[number];

/** When to ask again, of a request that met a store out of reach. */
export const RETRY_AFTER_SECONDS = 5;

export function unavailableDetail(store: string): string {
  return `${store} cannot be reached now: try again`;
}

export function problemOf(
  status: number,
  detail: string,
  more: { readonly instance?: string; readonly errors?: readonly FieldError[] } = {},
): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    // What it quotes of the request may hold line breaks.
    detail: detail.replaceAll(/[\r\n]+/g, ' '),
    ...(more.instance === undefined ? {} : { instance: more.instance }),
    ...(more.errors === undefined ? {} : { errors: [...more.errors] }),
  };
}

/** Everything wrong with an input, by field. `where` is the part of the request: path, query or body. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: inOurWords(issue.message),
  }));
}

/** Zod's sentences as the rest of the platform says them: what was expected, and of what. */
function inOurWords(message: string): string {
  const plain = message
    .replace(/^(Invalid (input|option)|Too (big|small)): /, '')
    .replace(/^Unrecognized keys?: /, 'unknown field ')
    .replace(/^expected record\b/, 'expected object')
    .replace(/, received undefined$/, ', got nothing');
  return plain.startsWith('expected one of ') ? plain.replaceAll('"', '').replaceAll('|', ', ') : plain;
}

/** The first of them as one line, with how many more there are. */
export function firstFieldError(errors: readonly FieldError[], where: string): string {
  const [first, ...others] = errors;
  if (first === undefined) return `${where}: invalid`;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${first.path === '' ? where : `${where}.${first.path}`}: ${first.message}${more}`;
}
