import { describe, expect, it } from '@jest/globals';
import { restClient } from '../../../test/support/rest-client.ts';
import type { GivenUp, GivenUpFilter } from '../../../shared/ports/given-up.ts';
import { createHandler } from './handler.ts';

const event: GivenUp = {
  kind: 'event',
  function: 'push-updates',
  id: 'e1',
  cause: 'the table is away',
  attempts: 3,
  givenUpAtMs: 1000,
  content: { detailType: 'PortfolioChangedV1', detail: {} },
};

function called() {
  const asked: (GivenUpFilter & { readonly limit?: number })[] = [];
  const call = restClient(
    createHandler({
      givenUp: {
        list: async (filter, limit) => (asked.push({ ...filter, limit }), [event]),
        redrive: async (filter) => (
          asked.push(filter),
          [{ kind: 'event', function: 'push-updates', redriven: 1, left: null }]
        ),
      },
    }),
  );
  return { asked, call };
}

describe('what functions gave up, over REST', () => {
  it('is shown with its cause, of the kind and function that were asked for', async () => {
    const { asked, call } = called();
    const { body } = await call('GET /v1/given-up', { query: 'kind=event&function=push-updates' });
    expect(body.items).toEqual([event]);
    expect(asked).toEqual([{ kind: 'event', function: 'push-updates', limit: 20 }]);
  });

  it('is sent again', async () => {
    const { asked, call } = called();
    const { body } = await call('POST /v1/given-up/redrive', { body: { function: 'push-updates' } });
    expect(body.items).toEqual([{ kind: 'event', function: 'push-updates', redriven: 1, left: null }]);
    expect(asked).toEqual([{ kind: null, function: 'push-updates' }]);
  });

  it('of no such kind or function is refused, and nothing is sent', async () => {
    const { asked, call } = called();
    expect((await call('POST /v1/given-up/redrive', { body: { kind: 'trade' } })).status).toBe(422);
    expect((await call('POST /v1/given-up/redrive', { body: { function: 'nobody' } })).status).toBe(404);
    expect((await call('GET /v1/given-up', { query: 'function=nobody' })).problem.detail).toBe(
      'query.function: expected a function of the platform, got "nobody"',
    );
    expect((await call('GET /v1/given-up', { query: 'limit=0' })).status).toBe(400);
    expect(asked).toEqual([]);
  });
});
