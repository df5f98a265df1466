import type { JSONWebKeySet } from 'jose';

/** Whose tokens are believed. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** Public keys as they are now: who verifies caches them, and asks again for one that is new. */
  keys(): Promise<JSONWebKeySet>;
}
