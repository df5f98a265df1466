import { createServer } from 'node:net';

/** Somebody else listens there. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  constructor(host: string, port: number, options?: ErrorOptions) {
    super(
      `port ${port} on ${host} is taken: stop what listens there, or choose another with --port`,
      options,
    );
  }
}

/** For whoever wants to know before anything else is begun. @throws PortTaken */
export async function assertPortFree(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTaken(host, port, { cause: error }) : error);
    });
    probe.listen(port, host, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}
