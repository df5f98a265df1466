import { hash } from 'node:crypto';

/** RFC 9562 version 5 (name-based, SHA-1) under a namespace of our own: the same facts give the same id everywhere. */
const NAMESPACE = 'millrace-namespa';
const VARIANTS = '89ab';

/**
 * @param parts facts that identify the thing, in a fixed order; joined by a separator that none of them holds.
 */
export function deterministicId(...parts: readonly (string | number)[]): string {
  // In one call and as text: a third of the time of a hash object and its buffers, and a backtest makes three a signal.
  const hex = hash('sha1', NAMESPACE + parts.join('\u001f'));
  const variant = VARIANTS[Number.parseInt(hex[16]!, 16) & 3]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
