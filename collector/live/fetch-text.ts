import type { VenueRequest } from '../../shared/adapters/exchanges/venue.ts';
import { Backoff } from './backoff.ts';
import type { Time } from '../../shared/ports/time.ts';
import type { RequestBudget } from './request-budget.ts';
import type { VenueAnswer, VenueTransport } from './venue-transport.ts';

export type FetchedText =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'failed'; readonly cause: string };

export interface FetchTextOptions {
  readonly transport: VenueTransport;
  readonly budget: RequestBudget;
  readonly time: Time;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly patience: Patience;
  readonly random: () => number;
  /** It will be asked again, and why. */
  readonly onWait?: (cause: string, waitMs: number) => void;
}

export type Patience =
  /** A request that fails in passing is made so often in all; who is told to slow down does without. */
  | { readonly kind: 'attempts'; readonly attempts: number }
  /** What fails in passing is asked for again, and a pause that the venue asks for is kept, until then (`elapsedMs`). */
  | { readonly kind: 'until'; readonly elapsedMs: number };

/** The longest answer that is read; a page of 1,000 trades has 160 KB. */
const MAX_ANSWER_CHARACTERS = 4 * 1024 * 1024;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5000;
/** For its turn among the requests to the venue. */
const FEW_ATTEMPTS_WAIT_MS = 10_000;
/** Who is told to slow down and not for how long waits so long. */
const UNSAID_PAUSE_MS = 30_000;

type Answer =
  | FetchedText
  | { readonly kind: 'passing'; readonly cause: string }
  | { readonly kind: 'slow-down'; readonly cause: string; readonly pauseMs: number };

/** Asks a venue over REST, within its limits. Refusals are final; who insists after being told to slow down is banned. */
export async function fetchText(request: VenueRequest, options: FetchTextOptions): Promise<FetchedText> {
  const { budget, time, patience, random, signal } = options;
  const backoff = new Backoff({ firstMs: FIRST_WAIT_MS, longestMs: LONGEST_WAIT_MS, random });
  for (let attempt = 1; ; attempt++) {
    const latest = patience.kind === 'until' ? patience.elapsedMs : time.elapsedMs() + FEW_ATTEMPTS_WAIT_MS;
    if (!(await budget.take(request.weight, latest, signal, request.urgency)))
      return { kind: 'failed', cause: 'the venue takes no more requests for now' };
    const answer = await fetchOnce(request, options);
    if (answer.kind === 'text' || answer.kind === 'failed') return answer;
    if (answer.kind === 'slow-down') budget.shutFor(answer.pauseMs);
    const waitMs = answer.kind === 'slow-down' ? answer.pauseMs : backoff.nextMs();
    if (!isWorthIt(options, answer, attempt, waitMs)) return { kind: 'failed', cause: answer.cause };
    options.onWait?.(answer.cause, waitMs);
    await time.sleep(waitMs, signal);
  }
}

function isWorthIt(
  { patience, time }: FetchTextOptions,
  answer: Answer,
  attempt: number,
  waitMs: number,
): boolean {
  if (patience.kind === 'until') return time.elapsedMs() + waitMs < patience.elapsedMs;
  return answer.kind === 'passing' && attempt < patience.attempts;
}

async function fetchOnce(
  request: VenueRequest,
  { transport, signal, timeoutMs }: FetchTextOptions,
): Promise<Answer> {
  signal.throwIfAborted();
  try {
    return read(
      await transport.get(request.url, { signal, timeoutMs }),
      request.mostCharacters ?? MAX_ANSWER_CHARACTERS,
    );
  } catch (error) {
    signal.throwIfAborted();
    const { message, cause } = error as Error;
    return { kind: 'passing', cause: cause instanceof Error ? `${message}: ${cause.message}` : message };
  }
}

function read({ status, text, retryAfter }: VenueAnswer, mostCharacters: number): Answer {
  if (status >= 500) return { kind: 'passing', cause: `HTTP ${status}` };
  const said = `HTTP ${status}: ${text.slice(0, 200)}`;
  if (status === 429 || status === 418) {
    const pauseMs = pauseOf(retryAfter);
    return { kind: 'slow-down', cause: `${said} (to wait ${pauseMs / 1000} s)`, pauseMs };
  }
  if (status < 200 || status > 299) return { kind: 'failed', cause: said };
  if (text.length > mostCharacters)
    return { kind: 'failed', cause: `an answer of ${text.length} characters` };
  return { kind: 'text', text };
}

/** @param retryAfter the header, in seconds as venues send it. */
function pauseOf(retryAfter: string | null): number {
  const seconds = retryAfter === null ? NaN : Number(retryAfter);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : UNSAID_PAUSE_MS;
}
