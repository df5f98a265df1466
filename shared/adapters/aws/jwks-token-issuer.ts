import type { JSONWebKeySet } from 'jose';
import * as z from 'zod';
import type { TokenIssuer } from '../../ports/token-issuer.ts';
import { Unreachable } from '../../ports/unreachable.ts';
import { TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_JWKS, type Environment } from './environment.ts';
import { isServersFault, reaching } from './reach.ts';

const FETCH_TIMEOUT_MS = 2000;
const MAX_KEYS = 50;

const keySet = z.object({
  keys: z
    .array(z.looseObject({ kty: z.string() }))
    .min(1)
    .max(MAX_KEYS),
});

/**
 * Believes the issuer whose public keys lie at an https address, or were given at deployment. It keeps nothing: whoever
 * verifies keeps the keys, and asks again when a token names one that is new.
 */
export class JwksTokenIssuer implements TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly #source: string;
  readonly #fetch: typeof fetch;

  constructor(environment: Environment, fetcher: typeof fetch = fetch) {
    this.issuer = environment.text(TOKEN_ISSUER);
    this.audience = environment.text(TOKEN_AUDIENCE);
    this.#source = environment.text(TOKEN_JWKS);
    this.#fetch = fetcher;
  }

  /** @throws Error when the keys cannot be read: nobody is let in on a guess. */
  async keys(): Promise<JSONWebKeySet> {
    return parseKeySet(this.#source.startsWith('{') ? this.#source : await this.#download());
  }

  async #download(): Promise<string> {
    if (!this.#source.startsWith('https://')) {
      throw new Error(`${TOKEN_JWKS}: expected an https address or a JWKS, got ${this.#source.slice(0, 60)}`);
    }
    return reaching('the token issuer', this.#ask());
  }

  async #ask(): Promise<string> {
    const response = await this.#fetch(this.#source, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (response.ok) return response.text();
    const refusal = new Error(`${this.#source} answered ${response.status}, expected a JWKS`);
    throw isServersFault(response.status) ? new Unreachable('the token issuer', refusal) : refusal;
  }
}

function parseKeySet(text: string): JSONWebKeySet {
  try {
    return keySet.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${TOKEN_JWKS}: expected a JWKS with 1 to ${MAX_KEYS} keys`, { cause: error });
  }
}
