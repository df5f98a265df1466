import type { Ports } from '../../../shared/ports/index.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';

/** What functions gave up, of any kind, and sending it again. */
export function createHandler({ givenUp }: Pick<Ports, 'givenUp'>) {
  return defineRestFunction('redrive-given-up', {
    'GET /v1/given-up': async ({ query }) => {
      const { kind = null, function: name = null, limit } = query;
      const items = await givenUp.list({ kind, function: name }, limit);
      return { kind: 'done', body: { items: [...items] } };
    },
    'POST /v1/given-up/redrive': async ({ body }) => {
      const items = await givenUp.redrive({ kind: body.kind ?? null, function: body.function ?? null });
      return { kind: 'done', body: { items: [...items] } };
    },
  });
}
