/** Which tokens of an issuer are believed, and what its names for people's rights mean here. */
import * as z from 'zod';
import { ROLES, type Role } from './roles.ts';

/** Signatures that a published key verifies. `none` and HMAC are not among them, and never can be. */
const TOKEN_ALGORITHMS = ['EdDSA', 'ES256', 'RS256'] as const;

const names = z.array(z.string().min(1).max(200)).max(20);

export const tokenRules = z.strictObject({
  algorithms: z.array(z.enum(TOKEN_ALGORITHMS)).min(1).max(TOKEN_ALGORITHMS.length),
  /** Claims that say what a client was allowed on behalf of a person: a list, or names with spaces between. */
  scopeClaims: names,
  /** Claims that say what a person belongs to. */
  groupClaims: names,
  /** The issuer's names for each role; equal to the letter. */
  roles: z.record(z.enum(ROLES), names),
});
export type TokenRules = z.infer<typeof tokenRules>;

/** RFC 9068, Entra and Okta (`scp`), Cognito; their names carry ours, because an issuer serves other applications too. */
export const USUAL_TOKEN_RULES: Omit<TokenRules, 'algorithms'> = {
  scopeClaims: ['scope', 'scp'],
  groupClaims: ['cognito:groups', 'groups', 'roles'],
  roles: { viewer: namesOf('viewer'), trader: namesOf('trader'), operator: namesOf('operator') },
};

function namesOf(role: Role): string[] {
  return [`millrace/${role}`, `millrace:${role}`, `millrace-${role}`];
}

/** The scope that our own issuer writes. */
export function scopeOf(role: Role): string {
  return `millrace/${role}`;
}
