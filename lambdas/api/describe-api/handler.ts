import { openApiDocument } from '../../../shared/contracts/openapi.ts';
import { guardedRoutesOf } from '../../../shared/runtime/route-access.ts';
import { topology } from '../../../shared/topology.ts';
import { VERSION } from '../../../shared/version.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';

/** Says that the API lives, what it offers, and what a token allows of it. */
export function createHandler() {
  // Written once: it depends on nothing but the code.
  const document = openApiDocument(topology.routes, VERSION);
  return defineRestFunction('describe-api', {
    'GET /openapi.json': async () => ({ kind: 'done', body: document }),
    // Anyone may ask, as often as the gateway lets them: it reads nothing, and tells nothing of what is behind it.
    'GET /v1/health': async () => ({ kind: 'done', body: { status: 'ok' } }),
    'GET /v1/caller': async ({ subject, role }) => {
      if (role === null) return { kind: 'forbidden', detail: 'token: it does not allow this' };
      const routes = guardedRoutesOf(role).map(({ method, path }) => `${method} ${path}`);
      return { kind: 'done', body: { subject, role, routes } };
    },
  });
}
