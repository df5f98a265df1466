import { createLocalJWKSet, errors, jwtVerify, type JWTHeaderParameters, type JWTVerifyGetKey } from 'jose';
import type { Role } from '../../../shared/contracts/roles.ts';
import type { TokenIssuer } from '../../../shared/ports/token-issuer.ts';
import { audiencesOf, roleOf } from './token-role.ts';

export type Verdict =
  /** `role: null`: it is genuine, and allows nothing here. */
  | { readonly kind: 'valid'; readonly subject: string; readonly role: Role | null }
  /** The reason is for the log: a caller is told nothing that helps to forge. */
  | { readonly kind: 'refused'; readonly reason: string };

const KEYS_LIFETIME_MS = 5 * 60_000;
/** A token with an unknown key may be the first of a new one; forged ones must not make us ask the issuer each time. */
const MIN_RELOAD_DISTANCE_MS = 30_000;
/** An issuer whose clock is ahead gives tokens that are not valid yet. None is believed past its expiry. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** What a header of a request may hold. */
const MAX_TOKEN_CHARACTERS = 8192;
/** https://openid.net/specs/openid-connect-core-1_0.html#IDToken */
const MAX_SUBJECT_CHARACTERS = 255;
const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/**
 * @returns a function that judges the value of an Authorization header. It rejects only when the issuer's keys
 *   cannot be read: then nobody is let in, and it is our error and not the caller's.
 */
export function createTokenVerifier(tokens: TokenIssuer, nowMs: () => number) {
  let keys: { readonly find: JWTVerifyGetKey; readonly loadedAtMs: number } | null = null;

  const loadKeys = async (maxAgeMs: number): Promise<JWTVerifyGetKey> => {
    if (keys === null || nowMs() - keys.loadedAtMs >= maxAgeMs) {
      keys = { find: createLocalJWKSet(await tokens.keys()), loadedAtMs: nowMs() };
    }
    return keys.find;
  };

  const verify = async (token: string, find: JWTVerifyGetKey): Promise<Verdict> => {
    const { payload, protectedHeader } = await jwtVerify(token, find, {
      algorithms: [...tokens.rules.algorithms],
      issuer: tokens.issuer,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(nowMs()),
    });
    const { sub = '', exp = 0 } = payload;
    if (!namesItsKey(protectedHeader)) return { kind: 'refused', reason: 'no kid' };
    if (exp * 1000 <= nowMs()) return { kind: 'refused', reason: 'expired' };
    if (sub === '' || sub.length > MAX_SUBJECT_CHARACTERS) return { kind: 'refused', reason: 'no subject' };
    if (!audiencesOf(payload).some((audience) => tokens.audiences.includes(audience)))
      return { kind: 'refused', reason: 'not for us: aud, or client_id of an access token' };
    return { kind: 'valid', subject: sub, role: roleOf(payload, tokens.rules) };
  };

  return async (authorization: string): Promise<Verdict> => {
    const token = authorization.length > MAX_TOKEN_CHARACTERS ? undefined : BEARER.exec(authorization)?.[1];
    if (token === undefined) return { kind: 'refused', reason: 'not a bearer token' };
    const find = await loadKeys(KEYS_LIFETIME_MS);
    try {
      return await verify(token, find);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) return refusalOf(error);
    }
    const reloaded = await loadKeys(MIN_RELOAD_DISTANCE_MS);
    return verify(token, reloaded).catch(refusalOf);
  };
}

/** Without it the one key that happens to fit would do: whose it is must not be a guess. */
function namesItsKey({ kid }: JWTHeaderParameters): boolean {
  return typeof kid === 'string' && kid !== '';
}

function refusalOf(error: unknown): Verdict {
  if (error instanceof errors.JOSEError)
    return { kind: 'refused', reason: `${error.code}: ${error.message}` };
  throw error;
}
