/** The risk limits of every release, as they lie in tables: none may lock an account when rules are added. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createHandler } from '../../lambdas/api/manage-risk/handler.ts';
import { limitsKey } from '../../shared/contracts/record-keys.ts';
import { limitsRecord } from '../../shared/contracts/risk-limits.ts';
import { DEFAULT_LIMITS, RISK_RULES } from '../../shared/domain/risk/rules.ts';
import { openMemoryState } from '../support/memory-state.ts';
import { restClient } from '../support/rest-client.ts';

const FOLDER = new URL('limits/', import.meta.url);
const records = readdirSync(FOLDER).map(
  (name) => [name, JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as object] as const,
);

describe.each(records)('limits as of %s', (_, stored) => {
  it('are read: what they do not name has its default', () => {
    expect(limitsRecord.parse(stored)).toEqual({ ...DEFAULT_LIMITS, ...stored });
  });

  it('are shown and changed over REST', async () => {
    const state = openMemoryState();
    const call = restClient(createHandler({ state }));
    const place = { table: 'orders', ...limitsKey('paper') } as const;
    await state.write({ kind: 'put', ...place, value: stored, condition: { kind: 'none' } });
    expect(await call('GET /v1/risk/limits')).toMatchObject({ status: 200, body: stored });
    const change = { maxDailyLossRatio: 0.1 };
    expect(await call('PUT /v1/risk/limits', { body: change })).toMatchObject({
      status: 200,
      body: { ...stored, ...change },
    });
  });
});

it('keeps a record of the rules as they are now: add one beside the others when there is a new rule', () => {
  const newest = records.map(([, stored]) => Object.keys(stored).sort().join());
  expect(newest).toContain(
    RISK_RULES.map(({ key }) => key)
      .sort()
      .join(),
  );
});

it('does not read limits of a rule that it does not know: it could not keep them', () => {
  expect(limitsRecord.safeParse({ ...DEFAULT_LIMITS, maxOfALaterRelease: '1' }).success).toBe(false);
});
