/** Who hears of alarms. It is a fact of whoever deploys, so `-c` says it, and each stage that must not do without asks. */
import type { Node } from 'constructs';
import * as z from 'zod';

export type AlarmReceiver =
  | { readonly kind: 'email'; readonly address: string }
  /** Something that understands SNS, such as an on-call service; it confirms the subscription by itself. */
  | { readonly kind: 'https'; readonly url: string }
  | { readonly kind: 'slack'; readonly workspaceId: string; readonly channelId: string };

/** What `-c` says names nobody. The message is one line. */
export class NoAlarmReceiver extends Error {
  override readonly name = 'NoAlarmReceiver';
}

const HOW =
  'expected -c alarmEmail=you@example.com, -c alarmUrl=https://… of an on-call service, or -c alarmSlack=WORKSPACE_ID/CHANNEL_ID';
const MAX_RECEIVERS = 10;

/**
 * Reads `alarmEmail`, `alarmUrl` and `alarmSlack`, each of which may have several with commas between.
 * @param required whether there must be one.
 * @throws NoAlarmReceiver
 */
export function readAlarmReceivers(
  context: Pick<Node, 'tryGetContext'>,
  required: boolean,
): readonly AlarmReceiver[] {
  const receivers = [
    ...listed(context, 'alarmEmail').map(readEmail),
    ...listed(context, 'alarmUrl').map(readUrl),
    ...listed(context, 'alarmSlack').map(readSlack),
  ];
  if (receivers.length > MAX_RECEIVERS)
    throw new NoAlarmReceiver(`alarms: expected at most ${MAX_RECEIVERS} receivers, got ${receivers.length}`);
  if (required && receivers.length === 0)
    throw new NoAlarmReceiver(`alarms of this stage would reach nobody: ${HOW}`);
  return receivers;
}

function listed(context: Pick<Node, 'tryGetContext'>, key: string): string[] {
  const value: unknown = context.tryGetContext(key);
  if (value === undefined || value === null) return [];
  const texts = typeof value === 'string' ? value.split(',').map((text) => text.trim()) : [''];
  if (texts.includes('')) throw new NoAlarmReceiver(`-c ${key}=${texts.join(',')}: ${HOW}`);
  return [...new Set(texts)];
}

function readEmail(address: string): AlarmReceiver {
  if (z.email().safeParse(address).success) return { kind: 'email', address };
  throw new NoAlarmReceiver(`-c alarmEmail=${address}: expected an e-mail address`);
}

function readUrl(url: string): AlarmReceiver {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return { kind: 'https', url };
  // Such an address is often a secret of its own, so it is not repeated.
  throw new NoAlarmReceiver('-c alarmUrl: expected an address that begins with https://');
}

function readSlack(text: string): AlarmReceiver {
  const [, workspaceId, channelId] = /^(T[A-Z0-9]{1,20})\/([CG][A-Z0-9]{1,20})$/.exec(text) ?? [];
  if (workspaceId !== undefined && channelId !== undefined) return { kind: 'slack', workspaceId, channelId };
  throw new NoAlarmReceiver(
    `-c alarmSlack=${text}: expected WORKSPACE_ID/CHANNEL_ID, such as T0123ABCD/C0123ABCD`,
  );
}
