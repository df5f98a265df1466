/** Who may do what. */
import * as z from 'zod';

/** The least first: each may do all that the ones before it may. */
export const ROLES = ['viewer', 'trader', 'operator'] as const;
export type Role = (typeof ROLES)[number];

export function isRole(text: unknown): text is Role {
  return (ROLES as readonly unknown[]).includes(text);
}

/** @param role null: the caller has none, and may do nothing that asks for one. */
export function reaches(role: Role | null, least: Role): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/** What a token says of whoever sends it. */
export const callerView = z.strictObject({
  subject: z.string(),
  role: z.enum(ROLES),
  routes: z
    .array(z.string())
    .meta({ description: 'All that the token allows, such as `GET /v1/orders`; a page hides the rest.' }),
});
