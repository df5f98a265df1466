import { describe, expect, it } from '@jest/globals';
import { topology } from '../../shared/topology.ts';
import { createRouter } from './router.ts';

const route = createRouter(topology.routes);

describe('the router', () => {
  it.each(topology.routes.map(({ method, path }) => [method, path] as const))(
    'finds %s %s',
    (method, path) => {
      const match = route(method, path.replaceAll(/\{\w+\}/g, 'some-value'));
      expect(match).toMatchObject({ kind: 'route', route: { method, path } });
    },
  );

  it('decodes what a parameter holds', () => {
    expect(route('GET', '/v1/prices/BTC%2DUSDT')).toMatchObject({
      kind: 'route',
      pathParameters: { pair: 'BTC-USDT' },
    });
  });

  it('tells which methods a path has', () => {
    expect(route('PATCH', '/v1/strategies')).toEqual({
      kind: 'method-not-allowed',
      allowed: ['GET', 'POST'],
    });
  });

  it.each([
    '/',
    '/v1',
    '/v1/orders/',
    '/v1/orders/1/2',
    '/v1/prices/',
    '/v1/prices/%E0%A4%A',
    '/V1/orders',
    '/v1/orders.json',
  ])('has nothing at %s', (path) => {
    expect(route('GET', path)).toEqual({ kind: 'no-route' });
  });
});
