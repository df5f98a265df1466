import { QUIET_MS, type SocketState } from '../live/socket-lifecycle.ts';
import type { Health } from '../api/views.ts';
import { Icon, type IconName } from './icon.tsx';
import { useLiveness, useNow } from './platform-access.ts';

interface Told {
  readonly icon: IconName;
  readonly tone: 'good' | 'bad' | 'doubtful' | 'under-way';
  readonly word: string;
  readonly title: string;
}

/** Whether what is shown is live, and if not, what is done about it. */
export function ConnectionBadge({ health }: { readonly health: Health | null }) {
  const { state } = useLiveness();
  const { icon, tone, word, title } = tell(state, useNow(), health);
  return (
    <span class={`connection status ${tone}`} role="status" title={title}>
      <Icon name={icon} /> {word}
    </span>
  );
}

function tell(state: SocketState, nowMs: number, health: Health | null): Told {
  switch (state.kind) {
    case 'asking':
    case 'connecting':
      return { icon: 'clock', tone: 'under-way', word: 'Connecting', title: 'Live updates are on their way' };
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil((state.untilMs - nowMs) / 1000));
      const title = `${state.cause}. Until then the page asks every few seconds, so figures may be stale.`;
      return { icon: 'warning', tone: 'bad', word: `Stale, retry in ${seconds} s`, title };
    }
    case 'stopped':
      return { icon: 'warning', tone: 'bad', word: 'Stopped', title: 'There are no live updates' };
    case 'open': {
      const silentMs = nowMs - state.lastHeardMs;
      if (silentMs < QUIET_MS && health?.status === 'degraded')
        return {
          icon: 'warning',
          tone: 'doubtful',
          word: 'Live, degraded',
          title: health.reasons.join('; '),
        };
      if (silentMs < QUIET_MS)
        return { icon: 'check', tone: 'good', word: 'Live', title: 'Updates arrive as they happen' };
      const word = `Silent for ${Math.floor(silentMs / 1000)} s`;
      return {
        icon: 'question',
        tone: 'under-way',
        word,
        title: 'Asking whether the platform is still there',
      };
    }
  }
}
