import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { deployInOrder, tellOutcome } from './deploy-in-order.ts';
import { readStackOrder, type PlannedStack } from './stack-order.ts';

const stacks: readonly PlannedStack[] = [
  { name: 'stateful', after: [] },
  { name: 'api', after: ['stateful'] },
  { name: 'realtime', after: ['stateful', 'api'] },
  { name: 'trading', after: ['stateful'] },
];

describe('deployInOrder', () => {
  it('goes on after a stack that failed with all that do without it', async () => {
    const tried: string[] = [];
    const outcomes = await deployInOrder(stacks, async (stack) => {
      tried.push(stack);
      if (stack === 'api')
        throw new Error(
          'deploying api failed\n x | CREATE_FAILED | AWS::ApiGateway::Authorizer: no provider\nbye',
        );
    });
    expect(tried).toEqual(['stateful', 'api', 'trading']);
    expect(outcomes.map(tellOutcome)).toEqual([
      'up:       stateful',
      'failed:   api: x | CREATE_FAILED | AWS::ApiGateway::Authorizer: no provider',
      'left out: realtime: needs api',
      'up:       trading',
    ]);
  });

  it('tells why in one line, whatever was said', async () => {
    const [failed] = await deployInOrder([stacks[0]!], async () => {
      throw new Error(`Error: ${'x'.repeat(9000)}\n\u001b[31m\n`);
    });
    expect(tellOutcome(failed!)).toMatch(/^failed: {3}stateful: Error: x{400,500}$/);
  });

  it('ends when it is told to, and tries nothing more', async () => {
    const stopping = new AbortController();
    const tried: string[] = [];
    const deploying = deployInOrder(
      stacks,
      async (stack) => {
        tried.push(stack);
        stopping.abort();
        throw new Error('killed');
      },
      stopping.signal,
    );
    await expect(deploying).rejects.toThrow('killed');
    expect(tried).toEqual(['stateful']);
  });
});

describe('readStackOrder', () => {
  it('has every stack behind those that it depends on', () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-assembly-'));
    try {
      const stack = (dependencies?: string[]) => ({ type: 'aws:cloudformation:stack', dependencies });
      const artifacts = {
        api: stack(['stateful', 'api.assets']),
        'api.assets': { type: 'cdk:asset-manifest' },
        stateful: stack(),
      };
      writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ artifacts }));
      expect(readStackOrder(folder)).toEqual([
        { name: 'stateful', after: [] },
        { name: 'api', after: ['stateful'] },
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
