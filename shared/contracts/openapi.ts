/** The OpenAPI 3.1 document, written from the contracts: the same contracts give the same bytes. */
import * as z from 'zod';
import { contractOf, contracts, isRoute, type RouteContract, type RouteKey } from './api.ts';
import { namedSchemas } from './named-schemas.ts';
import { examples } from './api-examples.ts';
import type { Role } from './roles.ts';
import { problem, PROBLEM_CONTENT_TYPE } from './problem.ts';

type Json = Record<string, unknown>;

/** Refusals that the wrapper around every handler, or the gateway before it, may give. */
const COMMON_PROBLEMS = [400, 401, 403, 408, 421, 429, 431, 500, 503, 504] as const;
const OPEN_PROBLEMS = [400, 408, 421, 429, 431, 500, 503, 504] as const;
const BODY_PROBLEMS = [413, 415, 422] as const;

export interface DescribedRoute {
  readonly method: string;
  readonly path: string;
  /** The least that a token must allow. */
  readonly role?: Role;
  /** Reachable without a token. */
  readonly open?: true;
}

/** @param routes those that are served, in the order in which they are shown; each has a contract. */
export function openApiDocument(routes: readonly DescribedRoute[], version: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Millrace',
      version,
      summary: 'A serverless algorithmic-trading platform.',
      description: [
        'Times are milliseconds since the epoch, money and quantities canonical decimal strings.',
        'What is refused is told as application/problem+json (RFC 9457).',
        'Updates come over a WebSocket at /v1/socket: see POST /v1/socket-tickets.',
      ].join(' '),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Beside this document: on AWS both lie below the gateway's stage.
    servers: [{ url: '.' }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.map(({ path }) => tagOf(path)))].map((name) => ({ name })),
    paths: pathsOf(routes),
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'A JWT of the issuer that the platform believes (EdDSA, ES256 or RS256, as the stage says), with a role: ' +
            'viewer, trader or operator. `x-role` of an operation is the least that it takes.',
        },
      },
      responses: Object.fromEntries(
        [...COMMON_PROBLEMS, ...BODY_PROBLEMS, 404, 409]
          .sort((a, b) => a - b)
          .map((status) => [problemName(status), problemResponse(PROBLEM_MEANINGS[status]!)]),
      ),
      schemas: schemas(),
    },
  };
}

function pathsOf(routes: readonly DescribedRoute[]): Json {
  const found: Record<string, Json> = {};
  for (const route of routes) {
    const key = `${route.method} ${route.path}`;
    if (!isRoute(key)) throw new Error(`${key} has no contract`);
    (found[route.path] ??= {})[route.method.toLowerCase()] = operation(key, route);
  }
  return found;
}

function operation(key: RouteKey, { path, role, ...route }: DescribedRoute): Json {
  const open = route.open === true;
  const contract: RouteContract = contracts[key];
  const parameters = [...parametersOf(key, 'path'), ...parametersOf(key, 'query')];
  return {
    operationId: operationId(key),
    tags: [tagOf(path)],
    summary: contract.summary,
    ...(open ? { security: [] } : { 'x-role': role }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(contract.body === undefined
      ? {}
      : {
          requestBody: {
            required: isRequired(contract.body),
            content: contentOf(contract.body, examples[key].request),
          },
        }),
    responses: {
      [contract.status]: successResponse(key, contract),
      ...Object.fromEntries(
        problemsOf(key, contract, open).map((status) => [
          status,
          { $ref: `#/components/responses/${problemName(status)}` },
        ]),
      ),
    },
  };
}

function successResponse(key: RouteKey, { response, summary, contentType }: RouteContract): Json {
  if (response === undefined) return { description: 'Done; no content.' };
  const [mediaType] = (contentType ?? JSON_TYPE).split(';');
  return { description: summary, content: contentOf(response, examples[key].response, mediaType) };
}

function problemsOf(key: RouteKey, contract: RouteContract, open: boolean): number[] {
  // A body that is not expected is refused like one that is wrong.
  const mayHaveBody = !key.startsWith('GET ');
  const statuses = new Set<number>([
    ...(open ? OPEN_PROBLEMS : COMMON_PROBLEMS),
    ...(mayHaveBody ? BODY_PROBLEMS : []),
    ...(contract.problems ?? []),
  ]);
  return [...statuses].sort((a, b) => a - b);
}

function parametersOf(key: RouteKey, place: 'path' | 'query'): Json[] {
  const schema = z.toJSONSchema(contractOf(key)[place], { io: 'input' });
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: required.has(name),
    schema: property,
  }));
}

/** A body whose every field may be left out may be left out itself. */
function isRequired(body: z.ZodType): boolean {
  return !body.safeParse({}).success;
}

const JSON_TYPE = 'application/json';

function contentOf(schema: z.ZodType, example: unknown, mediaType = JSON_TYPE): Json {
  return { [mediaType]: { schema: reference(schema), ...(example === undefined ? {} : { example }) } };
}

function reference(schema: z.ZodType): Json {
  const name = namedSchemas.find(([, candidate]) => candidate === schema)?.[0];
  if (name === undefined) throw new Error('a contract uses a schema that namedSchemas does not name');
  return { $ref: schemaReference(name) };
}

const schemaReference = (name: string): string => `#/components/schemas/${name}`;

/** Requests are described as they are sent, with defaults left out; answers as they arrive. */
function schemas(): Json {
  const bodies = new Set<z.ZodType>(
    Object.values<RouteContract>(contracts).flatMap(({ body }) => (body === undefined ? [] : [body])),
  );
  const all = [...namedSchemas, ['Problem', problem] as const];
  return {
    ...convert(
      all.filter(([, schema]) => !bodies.has(schema)),
      'output',
    ),
    ...convert(
      all.filter(([, schema]) => bodies.has(schema)),
      'input',
    ),
  };
}

function convert(named: readonly (readonly [string, z.ZodType])[], io: 'input' | 'output'): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of named) registry.add(schema, { id });
  const { schemas: converted } = z.toJSONSchema(registry, { io, uri: schemaReference });
  return Object.fromEntries(
    named.map(([name]) => {
      const { $schema: _dialect, $id: _address, ...schema } = converted[name]!;
      return [name, schema];
    }),
  );
}

const PROBLEM_MEANINGS: Readonly<Record<number, string>> = {
  400: 'The path, the query or the JSON cannot be read.',
  401: 'No token, or one that is forged, expired or meant for somebody else.',
  403: 'The token does not allow this.',
  404: 'There is no such thing.',
  408: 'The request took too long to arrive.',
  409: 'It is not in a state that allows this, or was changed by somebody else at the same time.',
  413: 'The body is over 64 KB.',
  415: 'The body is not application/json.',
  421: 'The host is not the one that answers here: the one-process platform is 127.0.0.1 or localhost.',
  422: 'The body does not say what is expected.',
  429: 'Too many requests.',
  431: 'Address and headers are over 16 KB.',
  500: 'Our fault; `instance` names the occurrence in the log.',
  503: 'A store cannot be reached now; `retry-after` says in how many seconds to ask again.',
  504: 'The function took too long to answer, or did not.',
};

function problemName(status: number): string {
  return `Problem${status}`;
}

function problemResponse(description: string): Json {
  return {
    description,
    content: { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: schemaReference('Problem') } } },
  };
}

/** `/v1/risk/limits` → `risk`. */
function tagOf(path: string): string {
  return path.split('/').find((part) => part !== '' && part !== 'v1' && !part.includes('.')) ?? 'api';
}

/** `GET /v1/strategies/{strategyId}` → `getStrategiesByStrategyId`. */
function operationId(key: RouteKey): string {
  const [method = '', path = ''] = key.split(' ');
  const words = path
    .replace('/v1/', '/')
    .split(/[/.-]/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{') ? `By-${part.slice(1, -1)}` : part))
    .flatMap((part) => part.split('-'));
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
