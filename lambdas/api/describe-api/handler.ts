import { openApiDocument } from '../../../shared/contracts/openapi.ts';
import { topology } from '../../../shared/topology.ts';
import { VERSION } from '../../../shared/version.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';

/** Serves the OpenAPI document. */
export function createHandler() {
  // Written once: it depends on nothing but the code.
  const document = openApiDocument(topology.routes, VERSION);
  return defineRestFunction('describe-api', {
    'GET /openapi.json': async () => ({ kind: 'done', body: document }),
  });
}
