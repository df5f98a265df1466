import { describe, expect, it } from '@jest/globals';
import { synthesize } from '../../test/synth/synthesize.ts';
import { topology } from '../../shared/topology.ts';
import type { Template } from './assembly.ts';
import { compareQuotas, demandOf } from './quotas.ts';

const NOTHING = { concurrency: 0, shards: 0 };
const account = (unreserved: number, open = 0) => ({
  concurrency: { limit: 1000, unreserved },
  shards: { limit: 200, open },
});

describe('what templates ask of an account', () => {
  it('is what their functions reserve and their streams are cut into, over all of them', () => {
    const functions: Template = {
      Resources: {
        A: { Type: 'AWS::Lambda::Function', Properties: { ReservedConcurrentExecutions: 10 } },
        B: { Type: 'AWS::Lambda::Function', Properties: { ReservedConcurrentExecutions: 7 } },
        Free: { Type: 'AWS::Lambda::Function', Properties: {} },
        Other: { Type: 'AWS::Lambda::Alias', Properties: { ReservedConcurrentExecutions: 99 } },
      },
    };
    const streams: Template = {
      Resources: {
        Cut: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 4 } },
        OnDemand: { Type: 'AWS::Kinesis::Stream' },
      },
    };
    expect(demandOf([functions, streams, {}])).toEqual({ concurrency: 17, shards: 4 });
  });

  it('is 140 executions in prod, none in dev, and the shards of the map', () => {
    for (const [stage, concurrency] of [
      ['prod', 140],
      ['dev', 0],
    ] as const) {
      const shards = Object.values(topology.streams).reduce((sum, stream) => sum + stream.shards[stage], 0);
      const templates = [...synthesize({ stage }).templates.values()];
      expect(demandOf(templates as unknown as Template[])).toEqual({ concurrency, shards });
    }
  }, 60_000);
});

describe('quotas', () => {
  const fits = (asked: number, held: number, unreserved: number): boolean =>
    compareQuotas(
      { concurrency: asked, shards: 0 },
      { concurrency: held, shards: 0 },
      account(unreserved),
    )[0]!.fits;

  it('suffice when what is asked leaves the hundred that AWS keeps', () => {
    expect(fits(140, 0, 240)).toBe(true);
    expect(fits(140, 0, 239)).toBe(false);
  });

  it('count what is up already once', () => {
    expect(fits(140, 140, 100)).toBe(true);
    expect(fits(141, 140, 100)).toBe(false);
    expect(fits(20, 140, 100)).toBe(true);
  });

  it('of a new account suffice for what reserves nothing', () => {
    expect(fits(0, 0, 10)).toBe(true);
    expect(fits(1, 0, 10)).toBe(false);
  });

  it('that do not suffice are told with the number to ask for', () => {
    const newAccount = { ...account(10), concurrency: { limit: 10, unreserved: 10 } };
    const [concurrency] = compareQuotas({ concurrency: 140, shards: 0 }, NOTHING, newAccount);
    expect(concurrency!.line).toMatch(/^Lambda concurrency: 140 reserved .* --desired-value 240$/);
    const [, shards] = compareQuotas({ concurrency: 0, shards: 8 }, NOTHING, account(1000, 195));
    expect(shards).toEqual({ fits: false, line: expect.stringContaining('at least 203') });
  });

  it('of shards suffice to the last one', () => {
    expect(compareQuotas({ concurrency: 0, shards: 5 }, NOTHING, account(1000, 195))[1]!.fits).toBe(true);
  });
});
