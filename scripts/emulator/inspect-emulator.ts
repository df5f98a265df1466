import * as z from 'zod';
import { OneLineFailure } from './one-line-failure.ts';

export interface EmulatorKind {
  readonly kind: 'ministack' | 'localstack';
  /** LocalStack's free edition has no WebSocket API. */
  readonly webSocket: boolean;
  /** Nor does it have dashboards in CloudFormation. */
  readonly dashboard: boolean;
  /** Nor does its gateway ask the authorizers that it keeps: whoever reaches it may call every route. */
  readonly asksAuthorizers: boolean;
}

/** The free one says `community`, or `unknown` when it runs without Docker. */
const PAID_EDITIONS = ['pro', 'enterprise'];
const TIMEOUT_MS = 3000;
const localStackHealth = z.object({ edition: z.string() });

/** @throws OneLineFailure when nothing that is known answers there. */
export async function inspectEmulator(endpoint: string): Promise<EmulatorKind> {
  if ((await ask(`${endpoint}/_ministack/health`)) !== null)
    return { kind: 'ministack', webSocket: true, dashboard: true, asksAuthorizers: true };
  const health = localStackHealth.safeParse(await ask(`${endpoint}/_localstack/health`));
  if (health.success) {
    const isPaid = PAID_EDITIONS.includes(health.data.edition);
    return { kind: 'localstack', webSocket: isPaid, dashboard: isPaid, asksAuthorizers: isPaid };
  }
  throw new OneLineFailure(
    `no emulator answers at ${endpoint}: expected \`npm run emulator\` or LocalStack there`,
  );
}

/** null: no answer, or none that is JSON. */
async function ask(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
