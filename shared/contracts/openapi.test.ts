import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { topology } from '../topology.ts';
import { openApiDocument } from './openapi.ts';

type Json = Record<string, unknown>;
interface Operation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Readonly<Record<string, Json>>;
}

const document = openApiDocument(topology.routes, '1.2.3');
const paths = document.paths as Record<string, Record<string, Operation>>;
const operations = Object.values(paths).flatMap((path) => Object.values(path));
const schemas = document.components.schemas as Record<string, Json>;

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    // The validator takes its input apart, so it gets a copy.
    const result = await validator.validate(structuredClone(document));
    expect(result).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it.each([
    ['http://127.0.0.1:8080/openapi.json', 'http://127.0.0.1:8080/'],
    [
      'https://id.execute-api.region.amazonaws.com/live/openapi.json',
      'https://id.execute-api.region.amazonaws.com/live/',
    ],
  ])('that lies at %s says that the API lies at %s', (address, expected) => {
    expect(document.servers.map(({ url }) => new URL(url, address).href)).toEqual([expected]);
  });

  it('is the same byte for byte, however often it is written', () => {
    expect(JSON.stringify(openApiDocument(topology.routes, '1.2.3'))).toBe(JSON.stringify(document));
  });

  it('describes every route of the topology', () => {
    for (const { method, path } of topology.routes) {
      expect(paths[path]?.[method.toLowerCase()]).toBeDefined();
    }
    expect(operations).toHaveLength(topology.routes.length);
  });

  it('asks for a token everywhere but where the topology leaves it out', () => {
    expect(document.security).toEqual([{ bearer: [] }]);
    const open = topology.routes.filter((route) => 'open' in route).length;
    expect(operations.filter(({ security }) => security?.length === 0)).toHaveLength(open);
    expect(paths['/v1/health']?.['get']?.security).toEqual([]);
  });

  it('has one id for each operation', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('getStrategiesByStrategyId');
    expect(ids).toContain('postQuarantineByIdRedrive');
  });

  it('leaves addresses and dialects of single schemas to the document', () => {
    for (const schema of Object.values(schemas)) {
      expect(Object.keys(schema)).not.toContain('$id');
      expect(Object.keys(schema)).not.toContain('$schema');
    }
  });

  it('refers only to schemas and responses that it holds', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference]) => reference!,
    );
    expect(references.length).toBeGreaterThan(100);
    for (const reference of new Set(references)) {
      const [, , kind, name] = reference.split('/') as [string, string, 'schemas' | 'responses', string];
      expect(document.components[kind]).toHaveProperty(name);
    }
  });

  it('tells how a refusal looks', () => {
    const { responses } = paths['/v1/strategies']!['post']!;
    expect(Object.keys(responses)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '404',
      '408',
      '409',
      '413',
      '415',
      '421',
      '422',
      '429',
      '431',
      '500',
      '503',
      '504',
    ]);
    // A body that nobody asked for is refused as well.
    expect(Object.keys(paths['/v1/socket-tickets']!['post']!.responses)).toEqual(
      expect.arrayContaining(['413', '415', '422']),
    );
    expect(schemas['Problem']).toMatchObject({ required: ['type', 'title', 'status', 'detail'] });
  });

  it('shows parameters as what they are, with their bounds', () => {
    const { parameters = [] } = paths['/v1/candles/{pair}']!['get']!;
    expect(parameters.map(({ name }) => name)).toEqual([
      'pair',
      'exchange',
      'interval',
      'from',
      'to',
      'limit',
      'asOf',
      'fill',
    ]);
    expect(parameters.find(({ name }) => name === 'pair')).toMatchObject({ in: 'path', required: true });
    expect(parameters.find(({ name }) => name === 'limit')).toMatchObject({
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 10_000, default: 500 },
    });
  });

  it('shows a body that may be left out as such', () => {
    expect(paths['/v1/strategies']!['post']!.requestBody?.required).toBe(true);
    expect(paths['/v1/quarantine/{id}/redrive']!['post']!.requestBody?.required).toBe(false);
  });

  it('shows requests as they are sent: what has a default is not required', () => {
    expect(schemas['CreateStrategy']).toMatchObject({
      required: ['name', 'params', 'instrumentId', 'interval'],
    });
  });
});
