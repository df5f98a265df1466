/** Tells a ClickHouse that cannot be reached from one that does not like what it was sent. */
import { ClickHouseError, parseError } from '@clickhouse/client';
import { Unreachable } from '../../ports/unreachable.ts';
import { isNetworkError } from '../network-error.ts';

/**
 * ClickHouse's own codes for what is the server's matter and none of the query's: it is busy, short of memory or disk,
 * behind with its merges, shutting down, or cut off from its keeper or another server.
 * https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
 */
const OUT_OF_REACH: ReadonlySet<string> = new Set([
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '209', // SOCKET_TIMEOUT
  '210', // NETWORK_ERROR
  '236', // ABORTED, of a server that shuts down
  '241', // MEMORY_LIMIT_EXCEEDED
  '242', // TABLE_IS_READ_ONLY, of a replica that has lost its keeper
  '243', // NOT_ENOUGH_SPACE
  '252', // TOO_MANY_PARTS
  '394', // QUERY_WAS_CANCELLED: the platform cancels none, a server that shuts down does
  '999', // KEEPER_EXCEPTION
]);
/** A disk that fills up while a file is written comes out under the code of whatever failed then. */
const NO_ROOM = /No space left on device|Disk quota exceeded/;
/** The client gives its own time-out no code. */
const CLIENT_TIMEOUT = 'Timeout error.';
const TOO_MANY_REQUESTS = 429;
const FIRST_SERVER_ERROR = 500;

/** @throws Unreachable instead of what the client throws while ClickHouse cannot be reached */
export async function reachingClickHouse<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await call();
  } catch (error) {
    // What an expired deadline has broken off ends in whatever error its socket had.
    const cause: unknown = signal?.aborted === true ? signal.reason : error;
    throw isOutOfReach(cause) ? new Unreachable('ClickHouse', cause) : error;
  }
}

/** What an answer means that is none: ClickHouse says so with a code, what stands before it with a status alone. */
export function refusalOf(status: number, text: string): Error {
  const error = parseError(text);
  if (error instanceof ClickHouseError) return error;
  return status >= FIRST_SERVER_ERROR || status === TOO_MANY_REQUESTS
    ? new Unreachable('ClickHouse', new Error(`it answered ${status}: ${text.trim().slice(0, 200)}`))
    : error;
}

function isOutOfReach(error: unknown): boolean {
  if (error instanceof ClickHouseError) return OUT_OF_REACH.has(error.code) || NO_ROOM.test(error.message);
  return isNetworkError(error) || (error as Error).message === CLIENT_TIMEOUT;
}
