/** The page and what it loads. */
export interface StaticFile {
  readonly body: Uint8Array | string;
  readonly contentType: string;
}

export interface StaticFiles {
  /** @param path decoded, beginning with `/`, without `..`. `null`: there is no such file. */
  get(path: string): Promise<StaticFile | null>;
}

/** @returns null for a path that no file may have. */
export function staticPathOf(pathname: string): string | null {
  try {
    const path = decodeURIComponent(pathname);
    const odd = path.includes('\0') || path.includes('\\') || path.split('/').includes('..');
    return odd ? null : path;
  } catch {
    return null;
  }
}

/**
 * The page runs its own scripts and speaks to its own server, nothing else. Styles may be inline, because the chart
 * sets them so; a style can run nothing.
 * @param host as the browser named us: older browsers do not count WebSockets as 'self'.
 */
export function pageHeaders(host: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ws://${host}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    // Asked for anew each time, so that a page never meets the API of another version.
    'cache-control': 'no-cache',
  };
}
