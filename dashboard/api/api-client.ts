/** The REST API as the page calls it, typed by the contracts. What goes wrong is an answer, never an exception. */
import type { contracts, ResponseOf, RouteKey } from '../../shared/contracts/api.ts';
import type { FieldError, Problem } from '../../shared/contracts/problem.ts';
import type * as z from 'zod';

type Contracts = typeof contracts;
type Part = 'path' | 'query' | 'body';
type PartOf<R extends RouteKey, P extends Part> =
  Contracts[R] extends Record<P, infer S extends z.ZodType> ? S : never;

type Texts<S> = { readonly [K in keyof z.input<S>]?: string | number | undefined };
/** What a route takes: texts in its path and query, and a body as its contract reads it. */
export interface RequestParts<R extends RouteKey> {
  readonly path?: Texts<PartOf<R, 'path'>>;
  readonly query?: Texts<PartOf<R, 'query'>>;
  readonly body?: z.input<PartOf<R, 'body'>>;
}

export type Failure =
  /** The server said no. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly detail: string;
      readonly errors: readonly FieldError[];
    }
  /** Nothing came back, or nothing that could be read. */
  | { readonly kind: 'unreachable'; readonly detail: string };

export type Answer<T> = { readonly kind: 'done'; readonly body: T } | Failure;

export interface ApiClient {
  call<R extends RouteKey>(route: R, parts?: RequestParts<R>): Promise<Answer<ResponseOf<R>>>;
}

export interface ApiClientOptions {
  readonly token: string;
  /** Called when the server does not accept the token: nothing else will work either. */
  readonly onUnauthorized: (detail: string) => void;
  readonly fetch?: typeof globalThis.fetch;
}

const TIMEOUT_MS = 10_000;
const UNAUTHORIZED = 401;

export function createApiClient({
  token,
  onUnauthorized,
  fetch = globalThis.fetch,
}: ApiClientOptions): ApiClient {
  return {
    async call<R extends RouteKey>(route: R, parts: RequestParts<R> = {}): Promise<Answer<ResponseOf<R>>> {
      const { method, url } = addressOf(route, parts);
      const hasBody = parts.body !== undefined;
      try {
        const response = await fetch(url, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(hasBody ? { 'content-type': 'application/json' } : {}),
          },
          ...(hasBody ? { body: JSON.stringify(parts.body) } : {}),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        if (!response.ok) {
          const failure = await refusalOf(response);
          if (response.status === UNAUTHORIZED) onUnauthorized(failure.detail);
          return failure;
        }
        const body: unknown = response.status === 204 ? null : await response.json();
        return { kind: 'done', body: body as ResponseOf<R> };
      } catch (error) {
        return { kind: 'unreachable', detail: reasonOf(error) };
      }
    },
  };
}

function addressOf<R extends RouteKey>(
  route: R,
  { path, query }: RequestParts<R>,
): { method: string; url: string } {
  const [method = '', template = ''] = route.split(' ');
  const values = new Map<string, string>(Object.entries((path ?? {}) as Record<string, string>));
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values.get(name) ?? ''),
  );
  const given = Object.entries<string | number | undefined>(query ?? {}).filter(
    ([, value]) => value !== undefined,
  );
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return { method, url: search === '' ? filled : `${filled}?${search}` };
}

async function refusalOf(response: Response): Promise<Extract<Failure, { kind: 'refused' }>> {
  const said = `${response.status} ${response.statusText}`.trim();
  const isProblem = response.headers.get('content-type')?.includes('json') === true;
  const problem = isProblem ? ((await response.json().catch(() => ({}))) as Partial<Problem>) : {};
  return {
    kind: 'refused',
    status: response.status,
    detail: problem.detail ?? said,
    errors: problem.errors ?? [],
  };
}

function reasonOf(error: unknown): string {
  const { name } = error as Partial<Error>;
  if (name === 'TimeoutError') return `the platform did not answer within ${TIMEOUT_MS / 1000} s`;
  if (name === 'SyntaxError') return 'the platform answered what is no JSON';
  return 'the platform cannot be reached';
}

/** One line for a person: the detail, or each field that is wrong with what was expected of it. */
export function failureText(failure: Failure): string {
  if (failure.kind === 'unreachable' || failure.errors.length < 2) return failure.detail;
  return failure.errors
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ');
}
