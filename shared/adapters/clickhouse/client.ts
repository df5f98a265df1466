import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';

/** Whom an embedded server answers. */
export interface ClickHouseCredentials {
  readonly username: string;
  readonly secret: string;
}

export interface ClickHouseAddress {
  /** `http://127.0.0.1:8123`, or `https://…` for ClickHouse Cloud. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Of an embedded server, in place of a password: its port answers those alone who send it. */
  readonly secret?: string;
  /** How long an answer may keep silent; migrations of large tables need more than the default of 4 s. */
  readonly requestTimeoutMs?: number;
}

/** Less than the time that a function has, so that it hears what hangs and is not ended before. */
const REQUEST_TIMEOUT_MS = 4_000;
const MAX_CONNECTIONS = 10;
/** Less than the 10 s after which the server closes an idle connection, so that none is used as it closes. */
const IDLE_CONNECTION_MS = 2_500;

/**
 * A client for any ClickHouse. Inserts are synchronous: when one has resolved its rows can be queried.
 * Errors are thrown and not logged, the caller knows what they mean.
 */
export function createClickHouse({
  url,
  username,
  password,
  secret,
  requestTimeoutMs,
}: ClickHouseAddress): ClickHouseClient {
  const isFar = !isLoopback(url);
  return createClient({
    url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(username === undefined || secret === undefined
      ? {}
      : { set_basic_auth_header: false, http_headers: secretHeaders({ username, secret }) }),
    application: 'millrace',
    request_timeout: requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    max_open_connections: MAX_CONNECTIONS,
    keep_alive: { enabled: true, idle_socket_ttl: IDLE_CONNECTION_MS },
    // On loopback compression costs more than it saves.
    compression: { request: isFar, response: isFar },
    clickhouse_settings: { async_insert: 0 },
    log: { level: ClickHouseLogLevel.OFF },
  });
}

/** ClickHouse's own headers. A page in a browser that adds one asks the server first, and is not let. */
export function secretHeaders({ username, secret }: ClickHouseCredentials): Record<string, string> {
  return { 'x-clickhouse-user': username, 'x-clickhouse-key': secret };
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
