import type { IncomingMessage } from 'node:http';

export type BodyReading = { readonly kind: 'read'; readonly text: string } | { readonly kind: 'too-large' };

/** Reads a body up to a size. What lies beyond is not read: the connection has to be closed then. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyReading> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return { kind: 'too-large' };
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).byteLength;
    if (bytes > maxBytes) return { kind: 'too-large' };
    chunks.push(chunk as Buffer);
  }
  return { kind: 'read', text: Buffer.concat(chunks).toString('utf8') };
}
