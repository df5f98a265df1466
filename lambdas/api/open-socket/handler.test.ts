import { beforeEach, describe, expect, it } from '@jest/globals';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { socketClient } from '../../../test/support/socket-client.ts';
import { connectionKey } from '../../../shared/contracts/record-keys.ts';
import { problem } from '../../../shared/contracts/problem.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { issueTicket } from '../../../shared/runtime/socket-tickets.ts';
import { createHandler } from './handler.ts';

const ISSUED_AT_MS = 1000;

let state: StateStore;
let ticket: string;
beforeEach(async () => {
  state = openMemoryState();
  ({ ticket } = await issueTicket(state, { subject: 'alice', role: 'viewer' }, ISSUED_AT_MS));
});

const openAt = async (nowMs: number, given: string | undefined, connectionId = 'c1') =>
  socketClient(createHandler({ state }, () => nowMs))(connectionId, {
    queryStringParameters: given === undefined ? null : { ticket: given },
  });

describe('opening a socket', () => {
  it('lets in whom the ticket was given to', async () => {
    expect(await openAt(2000, ticket)).toEqual({ statusCode: 200 });
    expect(await state.get('realtime', connectionKey('c1'))).toMatchObject({
      value: { subject: 'alice', role: 'viewer', openedAtMs: 2000, channels: [] },
    });
  });

  it('uses the ticket up', async () => {
    await openAt(2000, ticket);
    expect((await openAt(2001, ticket, 'c2')).statusCode).toBe(401);
    expect(await state.get('realtime', connectionKey('c2'))).toBeNull();
  });

  it('lets in one of many who come with the same ticket at once', async () => {
    const results = await Promise.all(['a', 'b', 'c', 'd'].map(async (id) => openAt(2000, ticket, id)));
    expect(results.map(({ statusCode }) => statusCode).sort()).toEqual([200, 401, 401, 401]);
  });

  it('takes a ticket for thirty seconds and no longer', async () => {
    expect((await openAt(ISSUED_AT_MS + 30_000, ticket)).statusCode).toBe(401);
    expect((await openAt(ISSUED_AT_MS + 29_999, ticket)).statusCode).toBe(200);
  });

  it.each([undefined, '', 'x', 'A'.repeat(43), '../../etc'])(
    'refuses the ticket %j with a problem',
    async (given) => {
      const { statusCode, body } = await openAt(2000, given);
      expect(statusCode).toBe(401);
      expect(problem.parse(JSON.parse(body ?? ''))).toMatchObject({
        status: 401,
        detail: expect.stringContaining('ticket'),
      });
    },
  );
});
