/** What is still to be sent of a change. Up to version 1 signals went over the bus. */
import { accountOf, nameOf, type DeskMessage, type RaisedSignal } from './desk-messages.ts';
import { asItLies, type Stored, type Versions } from './versioned.ts';

interface PublishedEffect {
  readonly kind: 'publish';
  readonly event: { readonly detailType: string; readonly detail: Omit<RaisedSignal, 'kind'> };
}

function withoutSignals(stored: Stored): Stored {
  const effects = (stored['effects'] as readonly (PublishedEffect | { readonly kind: 'send' })[]).map(
    (effect) =>
      effect.kind === 'publish' && effect.event.detailType === 'SignalRaisedV1'
        ? sentToItsDesk({ kind: 'signal', ...effect.event.detail })
        : effect,
  );
  return { ...stored, effects };
}

function sentToItsDesk(message: DeskMessage) {
  const deduplicationId = nameOf(message);
  const sent = { body: JSON.stringify(message), groupId: accountOf(message), deduplicationId };
  return { kind: 'send', queue: 'desks', message: sent };
}

export const OUTBOX: Versions = { writes: 2, reads: { 0: withoutSignals, 1: withoutSignals, 2: asItLies } };
