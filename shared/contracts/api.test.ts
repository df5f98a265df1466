import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { topology } from '../topology.ts';
import { contractOf, contracts, type RouteKey } from './api.ts';
import { examples } from './api-examples.ts';
import { wholeNumber } from './page.ts';
import { candlesQuery, pairPath } from './market-views.ts';
import { fieldErrors, firstFieldError, problem, problemOf } from './problem.ts';

const routeKeys = Object.keys(contracts) as RouteKey[];

describe('the REST contracts', () => {
  it('cover every route of the topology, and no other', () => {
    const routes = topology.routes.map(({ method, path }) => `${method} ${path}`);
    expect([...routeKeys].sort()).toEqual([...routes].sort());
  });

  it.each(routeKeys)('%s reads exactly the parameters of its path', (route) => {
    const named = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(contractOf(route).path.shape)).toEqual(named);
  });

  it.each(routeKeys)('%s has examples that keep its contract', (route) => {
    const { request, response } = examples[route];
    const contract = contractOf(route);
    expect(contract.body.safeParse(request ?? {}).error).toBeUndefined();
    if (response !== undefined) expect(contract.response?.safeParse(response).error).toBeUndefined();
  });

  it.each(routeKeys)('%s refuses fields that it does not know', (route) => {
    const { body, query } = contractOf(route);
    const { request = {} } = examples[route] as { request?: object };
    expect(body.safeParse({ ...request, surplus: 1 }).success).toBe(false);
    expect(query.safeParse({ surplus: '1' }).success).toBe(false);
  });

  it('refuse a list without bounds', () => {
    for (const route of routeKeys) {
      const { query } = contractOf(route);
      if (!('limit' in query.shape)) continue;
      const asked = 'bars' in query.shape ? { bars: 'tick:100' } : {};
      expect(query.parse(asked)).toHaveProperty('limit');
      expect(query.safeParse({ ...asked, limit: '0' }).success).toBe(false);
      expect(query.safeParse({ ...asked, limit: '10001' }).success).toBe(false);
    }
  });
});

describe('a whole number in a query', () => {
  it('is read from its digits and from nothing else', () => {
    const number = wholeNumber(0, 1_000_000, 7);
    fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000 }), (n) => number.parse(String(n)) === n));
    expect(number.parse(undefined)).toBe(7);
    for (const text of ['', ' ', '-1', '1.5', '1e3', '0x10', 'NaN', '1000001', '99999999999999999999']) {
      expect(number.safeParse(text).success).toBe(false);
    }
  });
});

describe('a pair in a path', () => {
  it.each(['BTC-USDT', '1INCH-USDT', 'A-B'])('may be %s', (pair) => {
    expect(pairPath.safeParse({ pair }).success).toBe(true);
  });
  it.each(['', 'BTC', 'BTCUSDT', 'btc-usdt', 'BTC-USDT-X', 'BTC_USDT', '../BTC-USDT', 'BTC-USDT\n'])(
    'is not %j',
    (pair) => {
      expect(pairPath.safeParse({ pair }).success).toBe(false);
    },
  );
});

describe('a range of candles', () => {
  it('must begin before it ends', () => {
    expect(candlesQuery.safeParse({ from: '10', to: '10' }).error?.issues[0]?.path).toEqual(['from']);
    expect(candlesQuery.safeParse({ from: '9', to: '10' }).success).toBe(true);
  });
});

describe('a problem', () => {
  it('is an RFC 9457 object that names its status', () => {
    expect(problem.parse(problemOf(404, 'no order 1'))).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'no order 1',
    });
  });

  it('says in one line what is wrong first, and how much more there is', () => {
    const { error } = contractOf('PUT /v1/risk/kill-switch').body.safeParse({ engaged: 'yes', reason: '' });
    const errors = fieldErrors(error!);
    expect(errors.map(({ path }) => path)).toEqual(['engaged', 'reason']);
    expect(firstFieldError(errors, 'body')).toBe(
      'body.engaged: expected boolean, received string (and 1 more)',
    );
  });
});
