/** What a REST handler is given and what it may answer. Refusals are expected outcomes, so they are values. */
import type { BodyOf, PathOf, QueryOf, ResponseOf, RouteKey } from '../contracts/api.ts';
import type { Role } from '../contracts/roles.ts';
import type { FieldError } from '../contracts/problem.ts';
import type { FunctionName, topology } from '../topology.ts';

type Route = (typeof topology.routes)[number];
type KeyOf<R> = R extends { readonly method: infer M extends string; readonly path: infer P extends string }
  ? `${M} ${P}`
  : never;
/** The routes that one function answers. */
export type RoutesOf<F extends FunctionName> = KeyOf<Extract<Route, { readonly function: F }>>;

export interface RestRequest<R extends RouteKey> {
  readonly path: PathOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
  /** Whom the token names; '' on routes that are open. */
  readonly subject: string;
  /** What the token allows; null on routes that are open. */
  readonly role: Role | null;
}

export type Refusal =
  | { readonly kind: 'bad-request'; readonly detail: string; readonly errors?: readonly FieldError[] }
  | { readonly kind: 'forbidden'; readonly detail: string }
  | { readonly kind: 'not-found'; readonly detail: string }
  | { readonly kind: 'conflict'; readonly detail: string }
  | { readonly kind: 'too-large'; readonly detail: string }
  | { readonly kind: 'unsupported-type'; readonly detail: string }
  | { readonly kind: 'unprocessable'; readonly detail: string; readonly errors?: readonly FieldError[] };

export type RestOutcome<R extends RouteKey> =
  | {
      readonly kind: 'done';
      readonly body: ResponseOf<R>;
      /** Of what was created. */
      readonly location?: string;
    }
  | Refusal;

export type RestHandlers<F extends FunctionName> = {
  readonly [R in RoutesOf<F>]: (request: RestRequest<R>) => Promise<RestOutcome<R>>;
};

/** A field of the body that passes the contract and makes no sense all the same. */
export function wrongBodyField(field: string, error: string): Refusal {
  return {
    kind: 'unprocessable',
    detail: `body.${field}: ${error}`,
    errors: [{ path: field, message: error }],
  };
}
