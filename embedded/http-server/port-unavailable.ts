import { createServer } from 'node:net';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken: stop what listens there, or choose another with --port',
  EACCES: 'may not be opened (permission denied): choose one above 1023 with --port',
};

/** Somebody else listens there, or this user may not. */
export class PortUnavailable extends Error {
  override readonly name = 'PortUnavailable';
}

/** @returns what to say of an error of `listen`: a PortUnavailable where the user can help it, else the error itself. */
export function listenError(host: string, port: number, error: NodeJS.ErrnoException): Error {
  const reason = REASONS[error.code ?? ''];
  if (reason === undefined) return error;
  return new PortUnavailable(`port ${port} on ${host} ${reason}`, { cause: error });
}

/** For whoever wants to know before anything else is begun. @throws PortUnavailable */
export async function assertPortFree(host: string, port: number): Promise<void> {
  const error = await probePort(host, port);
  if (error !== null) throw listenError(host, port, error);
}

/** Binds the port for a moment. @returns why it cannot be; null: it is free */
export async function probePort(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((settle) => {
    const probe = createServer();
    probe.once('error', settle);
    probe.listen(port, host, () => probe.close(() => settle(null)));
  });
}
