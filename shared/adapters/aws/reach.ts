/** Tells an AWS service that cannot be reached from one that refuses what it was sent. */
import { Unreachable } from '../../ports/unreachable.ts';
import { isNetworkError } from '../network-error.ts';
import { StillRefused } from './batching.ts';

/** Of a service that is asked too much, or fails by itself; as names of errors, and as codes in a partial answer. */
const OUT_OF_REACH =
  /Throttl|ThroughputExceeded|RequestLimitExceeded|^LimitExceededException$|SlowDown|TooManyRequests|ServiceUnavailable|^Internal|^NoAnswer$/;
const TOO_MANY_REQUESTS = 429;
const FIRST_SERVER_ERROR = 500;

/** @throws Unreachable instead of what the SDK throws while the service cannot be reached */
export async function reaching<T>(service: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw isOutOfReach(error) ? new Unreachable(service, error) : error;
  }
}

function isOutOfReach(error: unknown): boolean {
  if (error instanceof StillRefused) return error.codes.every((code) => OUT_OF_REACH.test(code));
  const { name, $metadata, CancellationReasons } = error as ServiceError;
  if (isNetworkError(error) || OUT_OF_REACH.test(name)) return true;
  if (CancellationReasons?.some(({ Code }) => Code !== undefined && OUT_OF_REACH.test(Code)) === true)
    return true;
  return isServersFault($metadata?.httpStatusCode);
}

export function isServersFault(status: number | undefined): boolean {
  return status !== undefined && (status >= FIRST_SERVER_ERROR || status === TOO_MANY_REQUESTS);
}

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** Of a transaction in DynamoDB: why each of its writes was not made. */
  readonly CancellationReasons?: readonly { readonly Code?: string }[];
}
