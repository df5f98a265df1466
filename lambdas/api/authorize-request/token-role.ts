/** What a verified token is for, and what it allows, in the words of whichever issuer wrote it. */
import type { JWTPayload } from 'jose';
import { reaches, ROLES, type Role } from '../../../shared/contracts/roles.ts';
import type { TokenRules } from '../../../shared/contracts/token-rules.ts';

/**
 * What a token was issued for. Cognito's access tokens say it in `client_id`, unless they were asked for a resource;
 * its ID tokens tell a client who somebody is, and are no key to an API.
 * @returns empty: it does not say.
 */
export function audiencesOf({ aud, token_use: use, client_id: clientId }: JWTPayload): readonly string[] {
  if (use !== undefined && use !== 'access') return [];
  if (aud !== undefined) return typeof aud === 'string' ? [aud] : aud;
  return use === 'access' && typeof clientId === 'string' ? [clientId] : [];
}

/**
 * Scopes say what a client was allowed on behalf of a person, groups what the person may do: where a token names our
 * roles in both, the lesser counts, so that neither lends what the other withholds. Of several of one kind the
 * greatest counts.
 * @returns null: the token names none of our roles.
 */
export function roleOf(claims: JWTPayload, rules: TokenRules): Role | null {
  const said = [rules.scopeClaims, rules.groupClaims]
    .map((names) =>
      greatest(
        names.flatMap((name) => namesIn(claims[name])),
        rules,
      ),
    )
    .filter((role) => role !== null);
  return said.find((role) => said.every((other) => reaches(other, role))) ?? null;
}

function greatest(names: readonly string[], { roles }: TokenRules): Role | null {
  return ROLES.findLast((role) => names.some((name) => roles[role].includes(name))) ?? null;
}

/** A list of names, or one text with spaces between them, as scopes are written. */
function namesIn(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((name) => typeof name === 'string') : [];
}
