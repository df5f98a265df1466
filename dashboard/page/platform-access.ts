/** What every panel needs: the API, the socket, and a place to tell what happened. */
import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { ChannelMessage } from '../../shared/contracts/socket-messages.ts';
import type { ApiClient } from '../api/api-client.ts';
import type { Caller } from '../api/views.ts';
import type { Liveness, LiveSocket } from '../live/live-socket.ts';

export interface Notice {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

export interface PlatformAccess {
  readonly api: ApiClient;
  readonly socket: LiveSocket;
  /** Whom the token names and what it allows; null: not known yet. */
  readonly caller: Caller | null;
  notify(notice: Notice): void;
}

export const PlatformContext = createContext<PlatformAccess | null>(null);

export function usePlatform(): PlatformAccess {
  const access = useContext(PlatformContext);
  if (access === null) throw new Error('a panel stands outside the page');
  return access;
}

export function useLiveness(): Liveness {
  const { socket } = usePlatform();
  const [liveness, setLiveness] = useState(socket.liveness);
  useEffect(() => {
    setLiveness(socket.liveness);
    return socket.watch(() => setLiveness(socket.liveness));
  }, [socket]);
  return liveness;
}

/** How often to read what the socket would push, while it is away; null: it is there. */
const WITHOUT_SOCKET_MS = 3000;

export function useFallback(): { readonly everyMs: number | null; readonly after: number } {
  const { state, connections } = useLiveness();
  return { everyMs: state.kind === 'open' ? null : WITHOUT_SOCKET_MS, after: connections };
}

type DataOf<T extends ChannelMessage['type']> = Extract<ChannelMessage, { readonly type: T }>['data'];

/** Hears the messages of a type on a channel for as long as the panel is there. @param channel null: none for now */
export function useChannel<T extends ChannelMessage['type']>(
  channel: string | null,
  type: T,
  onData: (data: DataOf<T>) => void,
): void {
  const { socket } = usePlatform();
  const latest = useRef(onData);
  latest.current = onData;
  useEffect(() => {
    if (channel === null) return undefined;
    return socket.subscribe(channel, (message) => {
      if (message.type === type) latest.current(message.data as DataOf<T>);
    });
  }, [socket, channel, type]);
}

/** The time of day, anew each second, for what is told relative to it. */
export function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
