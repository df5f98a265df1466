/** A server listens where it did before, if nobody else does meanwhile: whoever charts its tables goes on after a restart. */
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

const PORT_FILE = 'port';
const MAX_PORT = 65_535;

/** null: none has listened on this folder yet. */
export function keptPort(dataDir: string): number | null {
  const path = join(dataDir, PORT_FILE);
  const port = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  return Number.isInteger(port) && port > 0 && port <= MAX_PORT ? port : null;
}

/** On a full disk nothing is kept: that must not end a server which is wanted. */
export function keepPort(dataDir: string, port: number): void {
  if (keptPort(dataDir) === port) return;
  try {
    writeFileSync(join(dataDir, PORT_FILE), `${port}\n`, { mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
  }
}

/** ClickHouse knows no port 0. Between this answer and its start another may take the port, which is why a start is tried again. */
export async function freePort(wanted: number | null): Promise<number> {
  if (wanted !== null && (await listenOn(wanted)) !== null) return wanted;
  return (await listenOn(0))!;
}

/** @returns the port; null: somebody has it. */
async function listenOn(port: number): Promise<number | null> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return null;
  }
  const { port: given } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return given;
}
