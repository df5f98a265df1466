/** The variable with the one origin beside the API's own whose pages may call it; absent: none may. */
export const ALLOWED_ORIGIN = 'ALLOWED_ORIGIN';

/** The dashboard is served from the API's own origin; a page from another one is allowed by its name, or not at all. */
export function crossOriginHeaders(): Readonly<Record<string, string>> {
  const allowedOrigin = process.env[ALLOWED_ORIGIN];
  if (allowedOrigin === undefined || allowedOrigin === '') return {};
  return {
    'access-control-allow-origin': allowedOrigin,
    'access-control-expose-headers': 'location, retry-after',
    vary: 'origin',
  };
}
