import { describe, expect, it } from '@jest/globals';
import { restClient } from '../../../test/support/rest-client.ts';
import { topology } from '../../../shared/topology.ts';
import { VERSION } from '../../../shared/version.ts';
import { createHandler } from './handler.ts';

describe('the description of the API', () => {
  it('tells of every path, under the version of the platform', async () => {
    const { status, body } = await restClient(createHandler())('GET /openapi.json');
    expect(status).toBe(200);
    const { info, paths } = body as unknown as { info: { version: string }; paths: object };
    expect(info.version).toBe(VERSION);
    expect(new Set(Object.keys(paths))).toEqual(new Set(topology.routes.map(({ path }) => path)));
  });
});
