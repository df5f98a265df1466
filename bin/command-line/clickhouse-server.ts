/** A ClickHouse server that a command is pointed to by its address, instead of a data folder. */
import { ClickHouseError } from '@clickhouse/client';
import type { ClickHouseAddress } from '../../shared/adapters/clickhouse/client.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import { BadInput } from './bad-input.ts';

export const PASSWORD_VARIABLE = 'CLICKHOUSE_PASSWORD';
/** ClickHouse's own error code. */
const AUTHENTICATION_FAILED = '516';
const MAX_SHOWN_CHARACTERS = 60;

/** With the password of the environment, where there is one. */
export function serverAddress(url: string, user: string): ClickHouseAddress {
  const password = process.env[PASSWORD_VARIABLE];
  return { url, username: user, ...(password === undefined ? {} : { password }) };
}

/** An address that leads to no ClickHouse, or a password that is none, is the user's to mend. */
export function serverError(url: string, user: string, failed: unknown): unknown {
  const error = failed instanceof Unreachable ? failed.cause : failed;
  if (error instanceof BadInput) return error;
  if (error instanceof ClickHouseError) {
    if (error.code !== AUTHENTICATION_FAILED) return error;
    return new BadInput(`--user: ${url} refuses ${user} with this ${PASSWORD_VARIABLE}`, { cause: error });
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const got = code ?? JSON.stringify(message.split('\n', 1)[0]!.slice(0, MAX_SHOWN_CHARACTERS));
  return new BadInput(`--url: expected a ClickHouse server at ${url}, got ${got}`, { cause: error });
}
