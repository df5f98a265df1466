import { createHash } from 'node:crypto';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { decodeJwt } from 'jose';
import { authorizerEvent } from './proxy-event.ts';

export type Authorization =
  | { readonly kind: 'allowed'; readonly context: Readonly<Record<string, unknown>> }
  /** No token, or one that the authorizer did not accept. */
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'forbidden' };

interface Remembered {
  readonly context: Readonly<Record<string, unknown>>;
  readonly untilMs: number;
}

const MAX_REMEMBERED_MS = 5 * 60_000;
const MAX_REMEMBERED = 1000;

/**
 * Asks the authorizer function about each token once in five minutes, as API Gateway does, and never relies on an
 * answer beyond the token's own expiry.
 */
export class RequestAuthorizer {
  readonly #ask: (event: unknown) => Promise<unknown>;
  readonly #nowMs: () => number;
  /** By SHA-256 of the token, oldest first: tokens themselves are not kept. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(ask: (event: unknown) => Promise<unknown>, nowMs: () => number = Date.now) {
    this.#ask = ask;
    this.#nowMs = nowMs;
  }

  /** @throws what the authorizer throws when it could not judge. */
  async authorize(method: string, path: string, authorization: string | undefined): Promise<Authorization> {
    if (authorization === undefined || authorization === '') return { kind: 'unauthorized' };
    const key = createHash('sha256').update(authorization).digest('base64');
    const known = this.#remembered.get(key);
    if (known !== undefined && this.#nowMs() < known.untilMs)
      return { kind: 'allowed', context: known.context };
    this.#remembered.delete(key);
    const policy = await this.#judge(method, path, authorization);
    if (policy === null) return { kind: 'unauthorized' };
    if (policy.policyDocument.Statement[0]?.Effect !== 'Allow') return { kind: 'forbidden' };
    const context = { principalId: policy.principalId, ...policy.context };
    this.#remember(key, {
      context,
      untilMs: Math.min(this.#nowMs() + MAX_REMEMBERED_MS, expiryOf(authorization)),
    });
    return { kind: 'allowed', context };
  }

  /** @returns null when the answer is 401: the function says so by an error of this very message. */
  async #judge(
    method: string,
    path: string,
    authorization: string,
  ): Promise<APIGatewayAuthorizerResult | null> {
    try {
      return (await this.#ask(authorizerEvent(method, path, authorization))) as APIGatewayAuthorizerResult;
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

/** Of a token that the authorizer has verified. What cannot be read is not remembered. */
function expiryOf(authorization: string): number {
  try {
    return (decodeJwt(authorization.replace(/^Bearer /i, '')).exp ?? 0) * 1000;
  } catch {
    return 0;
  }
}
