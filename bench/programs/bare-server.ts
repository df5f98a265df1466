/** The least that answers over HTTP: what Node itself costs. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runProgram } from '../processes/program.ts';

export interface BareServerProgram {
  readonly request: {
    /** 0: any free one. */
    readonly port: number;
    readonly body: string;
  };
  readonly message: { readonly kind: 'listening'; readonly url: string };
}

await runProgram<BareServerProgram>(async ({ port, body }, { report, signal }) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  report({ kind: 'listening', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  if (!signal.aborted) await once(signal, 'abort');
  server.closeAllConnections();
  server.close();
});
