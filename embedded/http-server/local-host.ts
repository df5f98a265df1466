const LOCAL_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Whether a Host header names this machine. A page of a foreign name that was pointed at 127.0.0.1 (DNS rebinding)
 * sends its own name, and is told nothing. The port is left open, since it may have been forwarded.
 */
export function isLocalHost(host: string | undefined): boolean {
  const match = /^(\[[0-9a-f:]+\]|[^:]+)(:\d{1,5})?$/i.exec(host ?? '');
  return match !== null && LOCAL_NAMES.has(match[1]!.toLowerCase());
}

/** Whether a request comes from a page of this machine, or from no page at all. */
export function isLocalOrigin(origin: string | undefined): boolean {
  if (origin === undefined) return true;
  const match = /^https?:\/\/(.+)$/.exec(origin);
  return match !== null && isLocalHost(match[1]);
}
