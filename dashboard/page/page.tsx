import { useEffect, useErrorBoundary, useMemo, useState } from 'preact/hooks';
import { forgetToken, takeToken } from '../access-token.ts';
import { createApiClient, failureText } from '../api/api-client.ts';
import { LiveSocket, type Connection, type ConnectionListeners } from '../live/live-socket.ts';
import { Desk } from './desk.tsx';
import { PlatformContext, type PlatformAccess } from './platform-access.ts';
import { useCaller } from './rights.ts';
import { ToastList, useToasts, useUnexpectedErrors } from './toasts.tsx';
import { TokenGate } from './token-gate.tsx';

/** Lets in whoever has a token, and shows the desk. */
export function Page() {
  const [token, setToken] = useState(() => takeToken(window));
  const [refusal, setRefusal] = useState<string | null>(null);
  const { toasts, notify, dismiss } = useToasts();
  const mistake: unknown = useErrorBoundary()[0];
  useUnexpectedErrors(notify);
  useEffect(() => {
    // A new address pasted into this tab changes the part behind the # alone, which loads nothing.
    const onHashChange = (): void => {
      setRefusal(null);
      setToken(takeToken(window));
    };
    window.addEventListener('hashchange', onHashChange);
    return () => window.removeEventListener('hashchange', onHashChange);
  }, []);
  const refuse = (detail: string): void => {
    forgetToken(window);
    setRefusal(detail);
    setToken(null);
  };
  if (mistake !== undefined) {
    const detail = mistake instanceof Error ? mistake.message : 'it did not say which';
    return <TokenGate title="The page made a mistake" detail={detail} />;
  }
  if (token === null) return <TokenGate title="Millrace" detail={refusal} />;
  return (
    <>
      <Connected key={token} token={token} onUnauthorized={refuse} notify={notify} />
      <ToastList toasts={toasts} dismiss={dismiss} />
    </>
  );
}

interface ConnectedProps {
  readonly token: string;
  readonly notify: PlatformAccess['notify'];
  onUnauthorized(detail: string): void;
}

function Connected({ token, notify, onUnauthorized }: ConnectedProps) {
  const access = useMemo(() => openAccess(token, notify, onUnauthorized), [token]);
  const caller = useCaller(access.api);
  useEffect(() => {
    const { socket } = access;
    socket.start();
    const ticking = setInterval(() => socket.tick(), 500);
    const wake = (): void => {
      if (!document.hidden) socket.wake();
    };
    window.addEventListener('online', wake);
    document.addEventListener('visibilitychange', wake);
    const endComplaints = socket.onComplaint((detail) =>
      notify({ tone: 'bad', text: `Live updates: ${detail}` }),
    );
    return () => {
      clearInterval(ticking);
      window.removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', wake);
      endComplaints();
      socket.stop();
    };
  }, [access]);
  return (
    <PlatformContext.Provider value={{ ...access, caller }}>
      <Desk />
    </PlatformContext.Provider>
  );
}

function openAccess(
  token: string,
  notify: PlatformAccess['notify'],
  onUnauthorized: (detail: string) => void,
): Omit<PlatformAccess, 'caller'> {
  const api = createApiClient({ token, onUnauthorized });
  const socket = new LiveSocket({
    askForTicket: async () => {
      const answer = await api.call('POST /v1/socket-tickets');
      if (answer.kind !== 'done') throw new Error(failureText(answer));
      return answer.body.ticket;
    },
    connect: connectSocket,
  });
  return { api, socket, notify };
}

function connectSocket(ticket: string, { onOpen, onClose, onMessage }: ConnectionListeners): Connection {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(`${scheme}//${location.host}/v1/socket?ticket=${encodeURIComponent(ticket)}`);
  socket.addEventListener('open', onOpen);
  socket.addEventListener('close', onClose);
  socket.addEventListener('message', ({ data }) => onMessage(String(data)));
  return socket;
}
