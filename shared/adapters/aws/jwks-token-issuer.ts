import type { JSONWebKeySet } from 'jose';
import * as z from 'zod';
import { tokenRules, type TokenRules } from '../../contracts/token-rules.ts';
import type { TokenIssuer } from '../../ports/token-issuer.ts';
import { Unreachable } from '../../ports/unreachable.ts';
import { TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_JWKS, TOKEN_RULES, type Environment } from './environment.ts';
import { isServersFault, reaching } from './reach.ts';

const FETCH_TIMEOUT_MS = 2000;
const MAX_KEYS = 50;
const MAX_AUDIENCES = 20;

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
  readonly audiences: readonly string[];
  readonly rules: TokenRules;
  readonly #source: string;
  readonly #fetch: typeof fetch;

  constructor(environment: Environment, fetcher: typeof fetch = fetch) {
    this.issuer = environment.text(TOKEN_ISSUER);
    this.audiences = parseAudiences(environment.text(TOKEN_AUDIENCE));
    this.rules = parseRules(environment.text(TOKEN_RULES));
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

/** @throws Error of one line, at cold start: a function that does not know whom to believe judges nobody. */
function parseAudiences(text: string): readonly string[] {
  const audiences = text.split(',').map((audience) => audience.trim());
  if (audiences.length <= MAX_AUDIENCES && !audiences.includes('')) return audiences;
  throw new Error(`${TOKEN_AUDIENCE}: expected 1 to ${MAX_AUDIENCES} audiences separated by commas`);
}

function parseRules(text: string): TokenRules {
  try {
    return tokenRules.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${TOKEN_RULES}: expected the token rules of a stage as JSON`, { cause: error });
  }
}

function parseKeySet(text: string): JSONWebKeySet {
  try {
    return keySet.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${TOKEN_JWKS}: expected a JWKS with 1 to ${MAX_KEYS} keys`, { cause: error });
  }
}
