import { describe, expect, it } from '@jest/globals';
import { readRequest } from '../../simulation/command-line/options.ts';
import { simulatedModules } from '../../simulation/fabric/modules.ts';
import { FAULT_KINDS } from '../../simulation/faults/fault-kinds.ts';
import { replayCommand, WHOLE_SEED, type Scope } from '../../simulation/scope.ts';
import { shrink } from '../../simulation/shrink.ts';
import { simulateSeed, type Outcome } from '../../simulation/simulate.ts';
import { outboxBeforeCommit } from './plants.ts';

const modules = await simulatedModules();
const run = async (seed: number, scope: Scope = WHOLE_SEED): Promise<Outcome> =>
  simulateSeed({ seed, scope, modules });

describe('a seed of the simulation', () => {
  it('is at least twenty orders and ten faults, and breaks no law', async () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const outcome = await run(seed);
      expect(outcome).toMatchObject({ seed, violation: null });
      expect(outcome.orders).toBeGreaterThanOrEqual(20);
      expect(outcome.faults.length).toBeGreaterThanOrEqual(10);
      for (const { kind } of outcome.faults) kinds.add(kind);
    }
    expect([...kinds].sort()).toEqual([...FAULT_KINDS].sort());
  });

  it('is the same whenever it is run, turn by turn, and no other', async () => {
    let crashing = 1;
    while ((await run(crashing)).crashes === 0) crashing++;
    const [first, other] = [await run(crashing), await run(crashing + 1)];
    expect(await run(crashing)).toEqual(first);
    expect(other.stateHash).not.toBe(first.stateHash);
    expect(other.traceHash).not.toBe(first.traceHash);
  });

  it('can be had without faults, and with some of its desks', async () => {
    const calm = await run(5, { faults: [], desks: [0], seconds: 20 });
    expect(calm).toMatchObject({ faults: [], crashes: 0, seconds: 20, violation: null });
    expect(calm.orders).toBeGreaterThan(0);
    expect(calm.orders).toBeLessThan((await run(5)).orders);
  });
});

describe('a seed that fails', () => {
  const plant = outboxBeforeCommit('run-desk');
  const broken = async (seed: number, scope: Scope): Promise<Outcome> =>
    simulateSeed({ seed, scope, modules, plant });

  it('is shrunk to what it takes, and one command shows that again', async () => {
    const whole = await broken(2, WHOLE_SEED);
    const { scope, outcome } = await shrink(whole, async (part) => broken(2, part));
    expect(outcome.violation?.law).toBe(whole.violation?.law);
    // It takes no fault at all, one desk, and the seconds until that has bought.
    expect(scope).toMatchObject({ faults: [], desks: [expect.any(Number)] });
    expect(scope.seconds).toBeLessThan(whole.seconds + 1);
    const command = replayCommand(2, scope);
    expect(command).toBe(
      `npm run simulate -- --from 2 --seeds 1 --seconds ${scope.seconds} --desks ${scope.desks?.join()} --faults none`,
    );
    const request = readRequest(command.split(' ').slice(4));
    expect(request).toMatchObject({ from: 2, seeds: 1, scope });
    expect(await broken(2, request.scope)).toEqual(outcome);
  });

  it('is not shrunk when it breaks no law', async () => {
    await expect(shrink(await run(1), async (part) => run(1, part))).rejects.toThrow('seed 1 breaks no law');
  });
});

describe('what it is asked', () => {
  it.each([
    [['--seeds', '0'], '--seeds: expected a whole number from 1 to 1000000, got "0"'],
    [['--from', 'x'], '--from: expected a whole number from 1 to 2000000000, got "x"'],
    [['--seeds', '1', '--faults', '1,,2'], '--faults: expected "none" or at most 200 numbers'],
    [['--seeds', '2', '--faults', '1'], 'belong to one seed: expected --seeds 1'],
    [['--seed', '1'], "Unknown option '--seed'"],
  ])('%j gets one clear line', (args, line) => {
    expect(() => readRequest(args)).toThrow(line);
  });
});
