import type { GivenUpFilter, GivenUpKind } from '../../../shared/ports/given-up.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import type { Refusal } from '../../../shared/runtime/rest-outcome.ts';
import { topology, type FunctionName } from '../../../shared/topology.ts';

/** What functions gave up, of any kind, and sending it again. */
export function createHandler({ givenUp }: Pick<Ports, 'givenUp'>) {
  return defineRestFunction('redrive-given-up', {
    'GET /v1/given-up': async ({ query }) => {
      const filter = filterOf(query);
      if (filter === null) return noSuchFunction('query.function', query.function);
      return { kind: 'done', body: { items: [...(await givenUp.list(filter, query.limit))] } };
    },
    'POST /v1/given-up/redrive': async ({ body }) => {
      const filter = filterOf(body);
      if (filter === null) return noSuchFunction('body.function', body.function);
      return { kind: 'done', body: { items: [...(await givenUp.redrive(filter))] } };
    },
  });
}

interface Asked {
  readonly kind?: GivenUpKind | undefined;
  readonly function?: string | undefined;
}

/** null: of a function that there is not. */
function filterOf(asked: Asked): GivenUpFilter | null {
  const name = asked.function ?? null;
  if (name !== null && !Object.hasOwn(topology.functions, name)) return null;
  return { kind: asked.kind ?? null, function: name as FunctionName | null };
}

function noSuchFunction(where: string, name: string | undefined): Refusal {
  return {
    kind: 'not-found',
    detail: `${where}: expected a function of the platform, got ${JSON.stringify(name)}`,
  };
}
