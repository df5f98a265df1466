import { OneLineFailure } from '../emulator/one-line-failure.ts';

/** @param token a token for the API; without one only what is open is asked. */
export interface HealthOptions {
  /** The API's address, with a slash at its end. */
  readonly restUrl: string;
  readonly token: string | null;
  /** How long an API that has just been made may take to answer. */
  readonly patienceMs: number;
  /** Between two questions. */
  pause(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** @returns what answered. @throws OneLineFailure */
export async function askHealth(options: HealthOptions): Promise<string> {
  const { restUrl, token, patienceMs } = options;
  await expectOk(`${restUrl}v1/health`, {}, performance.now() + patienceMs, async () => options.pause());
  if (token === null)
    return `${restUrl}v1/health answers (with MILLRACE_TOKEN set, /v1/status is asked, too)`;
  await expectOk(`${restUrl}v1/status`, { authorization: `Bearer ${token}` }, 0, async () => undefined);
  return `${restUrl}v1/health and /v1/status answer`;
}

async function expectOk(
  url: string,
  headers: Record<string, string>,
  untilMs: number,
  pause: () => Promise<void>,
): Promise<void> {
  for (;;) {
    const got = await statusOf(url, headers);
    if (got === '200') return;
    if (performance.now() >= untilMs) throw new OneLineFailure(`GET ${url}: expected 200, got ${got}`);
    await pause();
  }
}

async function statusOf(url: string, headers: Record<string, string>): Promise<string> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.arrayBuffer();
    return String(response.status);
  } catch (error) {
    const { message, cause } = error as Error;
    return (cause as NodeJS.ErrnoException | undefined)?.code ?? message;
  }
}
