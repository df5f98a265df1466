/** What Node and its fetch call a network that does not carry: nobody answers, or the answer breaks off. */
const CODES: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);
/** Of an expired `AbortSignal.timeout`, and of the AWS SDK. */
const TIMEOUT = 'TimeoutError';
const MAX_CAUSES = 5;

/** Whether an error, or what caused it, is the network's: of what was sent it says nothing. */
export function isNetworkError(error: unknown): boolean {
  let cause = error as { name?: unknown; code?: unknown; cause?: unknown } | null | undefined;
  // Node's own errors are not always instances of this realm's Error.
  for (let depth = 0; depth < MAX_CAUSES && typeof cause === 'object' && cause !== null; depth++) {
    if (cause.name === TIMEOUT || CODES.has(String(cause.code))) return true;
    cause = cause.cause as typeof cause;
  }
  return false;
}
