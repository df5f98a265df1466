import { describe, expect, it } from '@jest/globals';
import { restClient } from '../../../test/support/rest-client.ts';
import type { FunctionStatus } from '../../../shared/ports/function-health.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { VERSION } from '../../../shared/version.ts';
import { createHandler } from './handler.ts';

const well: FunctionStatus = {
  name: 'store-trades',
  invocations: 100,
  errors: 5,
  durationMsP99: 3.5,
  lagMs: 60_000,
};

type Needs = Pick<Ports, 'functionHealth' | 'deadLetters'>;

async function health(functions: readonly FunctionStatus[], dead = 0, broken: Partial<Needs> = {}) {
  const ports: Needs = {
    functionHealth: { read: async () => functions },
    deadLetters: {
      count: async (queue) => (queue === 'orders-urgent' ? dead : 0),
      redrive: async () => undefined,
    },
    ...broken,
  };
  return restClient(createHandler(ports))('GET /v1/status');
}

describe('health', () => {
  it('is ok while functions succeed, keep up and leave no message behind', async () => {
    const { body } = await health([well]);
    expect(body).toEqual({
      status: 'ok',
      reasons: [],
      stage: 'embedded',
      version: VERSION,
      functions: [well],
      deadLetters: { 'orders-urgent': 0, 'orders-standard': 0 },
    });
  });

  it.each([
    [{ ...well, errors: 6 }, 'store-trades: 6 of 100 invocations failed'],
    [{ ...well, lagMs: 61_000 }, 'store-trades: 61 s behind'],
  ])('is degraded by %j', async (status, reason) => {
    expect((await health([status])).body).toMatchObject({ status: 'degraded', reasons: [reason] });
  });

  it('is degraded by dead letters', async () => {
    const { body } = await health([well], 2);
    expect(body).toMatchObject({ status: 'degraded', reasons: ['orders-urgent: 2 dead letters'] });
  });

  it('is not degraded by callers with bad tokens', async () => {
    const { body } = await health([{ ...well, name: 'authorize-request', errors: 100, lagMs: null }]);
    expect(body.status).toBe('ok');
  });

  it('answers even when what it asks does not', async () => {
    const broken = async () => Promise.reject(new Error('down'));
    const { status, body } = await health([], 0, {
      functionHealth: { read: broken },
      deadLetters: { count: broken, redrive: broken },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'degraded', functions: [], deadLetters: { 'orders-urgent': null } });
    expect(body.reasons).toHaveLength(3);
  });
});
