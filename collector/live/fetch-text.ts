import { Backoff } from './backoff.ts';
import type { LiveTime } from './live-time.ts';
import type { VenueTransport } from './venue-transport.ts';

export type FetchedText =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'failed'; readonly cause: string };

export interface FetchTextOptions {
  readonly transport: VenueTransport;
  readonly time: LiveTime;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** A request that fails in passing is made this often in all. */
  readonly attempts: number;
  readonly random: () => number;
}

/** The longest answer that is read; a page of 1,000 trades has 160 KB. */
const MAX_ANSWER_CHARACTERS = 4 * 1024 * 1024;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5000;

/** Asks a venue over REST. Refusals are final, and so is a request to slow down: the venue bans whoever insists. */
export async function fetchText(url: string, options: FetchTextOptions): Promise<FetchedText> {
  const backoff = new Backoff({ firstMs: FIRST_WAIT_MS, longestMs: LONGEST_WAIT_MS, random: options.random });
  for (let attempt = 1; ; attempt++) {
    const answer = await fetchOnce(url, options);
    if (answer.kind !== 'passing' || attempt >= options.attempts) {
      return answer.kind === 'text' ? answer : { kind: 'failed', cause: answer.cause };
    }
    await options.time.sleep(backoff.nextMs(), options.signal);
  }
}

async function fetchOnce(
  url: string,
  { transport, signal, timeoutMs }: FetchTextOptions,
): Promise<FetchedText | { readonly kind: 'passing'; readonly cause: string }> {
  signal.throwIfAborted();
  try {
    const { status, text } = await transport.get(url, { signal, timeoutMs });
    if (status >= 500) return { kind: 'passing', cause: `HTTP ${status}` };
    if (status < 200 || status > 299)
      return { kind: 'failed', cause: `HTTP ${status}: ${text.slice(0, 200)}` };
    if (text.length > MAX_ANSWER_CHARACTERS)
      return { kind: 'failed', cause: `an answer of ${text.length} characters` };
    return { kind: 'text', text };
  } catch (error) {
    signal.throwIfAborted();
    const { message, cause } = error as Error;
    return { kind: 'passing', cause: cause instanceof Error ? `${message}: ${cause.message}` : message };
  }
}
