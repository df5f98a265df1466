import { createHash } from 'node:crypto';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { decodeJwt } from 'jose';
import { allows } from './access-policy.ts';
import { authorizerEvent, methodArnOf } from './proxy-event.ts';

export type Authorization =
  | { readonly kind: 'allowed'; readonly context: Readonly<Record<string, unknown>> }
  /** No token, or one that the authorizer did not accept. */
  | { readonly kind: 'unauthorized' }
  /** The token is genuine, and its policy does not allow this request. */
  | { readonly kind: 'forbidden' };

interface Remembered {
  readonly policy: APIGatewayAuthorizerResult;
  readonly untilMs: number;
}

const MAX_REMEMBERED_MS = 5 * 60_000;
const MAX_REMEMBERED = 1000;

/**
 * Asks the authorizer function about each token once in five minutes, as API Gateway does, and never relies on an
 * answer beyond the token's own expiry.
 */
export class RequestAuthorizer {
  readonly #invoke: (event: unknown) => Promise<unknown>;
  readonly #nowMs: () => number;
  /** By SHA-256 of the token, oldest first: tokens themselves are not kept. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(invoke: (event: unknown) => Promise<unknown>, nowMs: () => number = Date.now) {
    this.#invoke = invoke;
    this.#nowMs = nowMs;
  }

  /** @throws what the authorizer throws when it could not judge. */
  async authorize(method: string, path: string, authorization: string | undefined): Promise<Authorization> {
    if (authorization === undefined || authorization === '') return { kind: 'unauthorized' };
    const key = createHash('sha256').update(authorization).digest('base64');
    const known = this.#remembered.get(key);
    if (known !== undefined && this.#nowMs() < known.untilMs) return judge(known.policy, method, path);
    this.#remembered.delete(key);
    const policy = await this.#ask(method, path, authorization);
    if (policy === null) return { kind: 'unauthorized' };
    const untilMs = Math.min(this.#nowMs() + MAX_REMEMBERED_MS, expiryOf(authorization));
    this.#remember(key, { policy, untilMs });
    return judge(policy, method, path);
  }

  /** @returns null when the answer is 401: the function says so by an error of this very message. */
  async #ask(
    method: string,
    path: string,
    authorization: string,
  ): Promise<APIGatewayAuthorizerResult | null> {
    try {
      return (await this.#invoke(authorizerEvent(method, path, authorization))) as APIGatewayAuthorizerResult;
    } catch (error) {
      if (error instanceof Error && error.message === 'Unauthorized') return null;
      throw error;
    }
  }

  #remember(key: string, remembered: Remembered): void {
    if (this.#remembered.size >= MAX_REMEMBERED) {
      const [oldest] = this.#remembered.keys();
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
    this.#remembered.set(key, remembered);
  }
}

/** The policy is the token's; each request is held against it. */
function judge(policy: APIGatewayAuthorizerResult, method: string, path: string): Authorization {
  if (!allows(policy.policyDocument, methodArnOf(method, path))) return { kind: 'forbidden' };
  return { kind: 'allowed', context: { principalId: policy.principalId, ...policy.context } };
}

/** Of a token that the authorizer has verified. What cannot be read is not remembered. */
function expiryOf(authorization: string): number {
  try {
    return (decodeJwt(authorization.replace(/^Bearer /i, '')).exp ?? 0) * 1000;
  } catch {
    return 0;
  }
}
