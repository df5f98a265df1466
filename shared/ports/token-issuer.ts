import type { JSONWebKeySet } from 'jose';

/** Whose tokens are believed. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** Public keys; adapters cache them. */
  keys(): Promise<JSONWebKeySet>;
}
