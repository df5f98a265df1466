import { beforeEach, describe, expect, it } from '@jest/globals';
import { openMemoryState } from '../test/support/memory-state.ts';
import type { StateStore } from '../shared/ports/state-store.ts';
import { claimStage, StageOfOtherMarket } from './stage-market.ts';

describe('a stage', () => {
  let state: StateStore;
  beforeEach(() => {
    state = openMemoryState();
  });

  it('is of the market of its first collector, for good', async () => {
    await claimStage(state, 'real');
    await claimStage(state, 'real');
    await expect(claimStage(state, 'simulated')).rejects.toThrow(
      'the stage is of the real market, and these endpoints are of the simulated one',
    );
  });

  it('is of one when two collectors start at once', async () => {
    const claims = await Promise.allSettled([claimStage(state, 'simulated'), claimStage(state, 'real')]);
    expect(claims.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(claims.find((claim) => claim.status === 'rejected')?.reason).toBeInstanceOf(StageOfOtherMarket);
  });

  it('is of none when its store is away', async () => {
    state.write = async () => Promise.reject(new Error('the table is away'));
    await expect(claimStage(state, 'real')).rejects.toThrow('the table is away');
  });
});
