/** Finds the route of a request, as API Gateway's resources do: a parameter is one segment of the path. */
import type { FunctionName } from '../../shared/topology.ts';

export interface Route {
  readonly method: string;
  /** `/v1/prices/{pair}` */
  readonly path: string;
  readonly function: FunctionName;
  readonly open?: true;
}

export type RouteMatch =
  | {
      readonly kind: 'route';
      readonly route: Route;
      readonly pathParameters: Readonly<Record<string, string>>;
    }
  /** The path is there, but not for this method. */
  | { readonly kind: 'method-not-allowed'; readonly allowed: readonly string[] }
  | { readonly kind: 'no-route' };

export type Router = (method: string, path: string) => RouteMatch;

interface Pattern {
  readonly route: Route;
  readonly segments: readonly string[];
}

export function createRouter(routes: readonly Route[]): Router {
  const patterns = routes.map((route): Pattern => ({ route, segments: route.path.split('/') }));
  return (method, path) => {
    const segments = path.split('/');
    const allowed: string[] = [];
    for (const { route, segments: pattern } of patterns) {
      const pathParameters = matchSegments(pattern, segments);
      if (pathParameters === null) continue;
      if (route.method === method) return { kind: 'route', route, pathParameters };
      allowed.push(route.method);
    }
    return allowed.length > 0 ? { kind: 'method-not-allowed', allowed } : { kind: 'no-route' };
  };
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const parameters: Record<string, string> = {};
  for (const [i, expected] of pattern.entries()) {
    const segment = segments[i]!;
    if (!expected.startsWith('{')) {
      if (segment !== expected) return null;
      continue;
    }
    const value = decodeSegment(segment);
    if (value === null || value === '') return null;
    parameters[expected.slice(1, -1)] = value;
  }
  return parameters;
}

function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
