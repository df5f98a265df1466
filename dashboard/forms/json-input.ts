/** A JSON object that somebody typed. */

export type ObjectRead =
  | { readonly kind: 'object'; readonly object: Record<string, unknown> }
  | { readonly kind: 'unreadable'; readonly detail: string };

/** A JSON object; nothing at all is an empty one. */
export function readJsonObject(text: string): ObjectRead {
  if (text.trim() === '') return { kind: 'object', object: {} };
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { kind: 'object', object: value as Record<string, unknown> };
    }
    return { kind: 'unreadable', detail: 'expected a JSON object such as {"fastPeriod": 5}' };
  } catch (error) {
    return { kind: 'unreadable', detail: `expected JSON: ${(error as Error).message}` };
  }
}
