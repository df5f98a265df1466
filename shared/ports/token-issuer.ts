import type { JSONWebKeySet } from 'jose';
import type { TokenRules } from '../contracts/token-rules.ts';

/** Whose tokens are believed, which of them, and for whom. */
export interface TokenIssuer {
  readonly issuer: string;
  /** What a token is meant for: audiences or ids of clients, as the issuer writes it. One of them is enough. */
  readonly audiences: readonly string[];
  readonly rules: TokenRules;
  /** Public keys as they are now: who verifies caches them, and asks again for one that is new. */
  keys(): Promise<JSONWebKeySet>;
}
