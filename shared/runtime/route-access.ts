/** What topology.ts says of each route: who may use it. */
import type { RouteKey } from '../contracts/api.ts';
import { isRole, reaches, type Role } from '../contracts/roles.ts';
import type { RouteDefinition, SocketRouteDefinition } from '../topology-schema.ts';
import { topology } from '../topology.ts';

const routes: readonly RouteDefinition[] = topology.routes;

const routeKey = ({ method, path }: RouteDefinition): string => `${method} ${path}`;
const byKey: ReadonlyMap<string, RouteDefinition> = new Map(
  routes.map((route) => [routeKey(route), route] as const),
);

/** A route that is not on the map is nobody's. */
export function mayUse(role: Role | null, route: RouteKey): boolean {
  const definition = byKey.get(route);
  if (definition === undefined) return false;
  return definition.open === true || reaches(role, definition.role);
}

/** The routes that need a token, and that this role may use. */
export function guardedRoutesOf(role: Role): readonly RouteDefinition[] {
  return routes.filter((route) => route.open !== true && reaches(role, route.role));
}

const socketRoutes: readonly SocketRouteDefinition[] = topology.socketRoutes;
const socketActions: ReadonlyMap<string, Role> = new Map(
  socketRoutes.flatMap(({ actions = {} }) => Object.entries(actions)),
);

/** What a WebSocket's message asks for. @param role as it was stored: a connection without one may nothing. */
export function mayAsk(role: Role | undefined, action: string): boolean {
  const least = socketActions.get(action);
  return least !== undefined && isRole(role) && reaches(role, least);
}
