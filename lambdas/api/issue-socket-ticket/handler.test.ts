import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import { ticketKey } from '../../../shared/contracts/record-keys.ts';
import { createHandler } from './handler.ts';

describe('a socket ticket', () => {
  it('is 32 random bytes, of which only the hash is kept, for whom the token names', async () => {
    const state = openMemoryState();
    const { status, body } = await restClient(createHandler({ state }, () => 1000))(
      'POST /v1/socket-tickets',
      { subject: 'bob' },
    );
    expect(status).toBe(201);
    expect(body.ticket).toMatch(/^[\w-]{43}$/);
    expect(body.expiresAtMs).toBe(31_000);

    const item = await state.get(
      'realtime',
      ticketKey(createHash('sha256').update(body.ticket).digest('hex')),
    );
    expect(item).toMatchObject({ value: { subject: 'bob', expiresAtMs: 31_000 }, expiresAtMs: 31_000 });
    expect(JSON.stringify(item)).not.toContain(body.ticket);
  });

  it('is never the same', async () => {
    const call = restClient(createHandler({ state: openMemoryState() }));
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => call('POST /v1/socket-tickets')),
    );
    expect(new Set(answers.map(({ body }) => body.ticket)).size).toBe(10);
  });
});
