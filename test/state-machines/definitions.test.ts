import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import validate from 'asl-validator';
import { topology } from '../../shared/topology.ts';

const folder = fileURLToPath(new URL('../../state-machines/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.asl.json'));

describe('the state machines', () => {
  it('are the ones that topology.ts names', () => {
    expect(files.map((name) => name.replace('.asl.json', ''))).toEqual(Object.keys(topology.stateMachines));
  });

  it.each(files)('%s is valid ASL with every task bound to a function', (file) => {
    const text = readFileSync(`${folder}${file}`, 'utf8');
    const name = file.replace('.asl.json', '') as keyof typeof topology.stateMachines;
    const placeholders = [...text.matchAll(/"\$\{(\w+)\}"/g)].map((match) => match[1]);
    expect(placeholders.sort()).toEqual(Object.keys(topology.stateMachines[name].tasks).sort());
    const bound = text.replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1');
    const { isValid, errorsText } = validate(JSON.parse(bound));
    expect([isValid, errorsText()]).toEqual([true, '']);
  });

  it.each(files)(
    '%s waits for a function that is throttled, longer than its other failures may last',
    (file) => {
      for (const { Retry: retriers = [] } of tasksOf(JSON.parse(readFileSync(`${folder}${file}`, 'utf8')))) {
        const [first] = retriers;
        expect(first!.ErrorEquals).toEqual(['Lambda.TooManyRequestsException']);
        // A chunk runs for up to five minutes, and those of another run may be before it.
        expect(longestWaitSeconds(first!)).toBeGreaterThan(1800);
        expect(retriers.at(-1)!.ErrorEquals).toEqual(['States.ALL']);
      }
    },
  );

  it('say which functions they may call by name alone: tasks are direct function ARNs', () => {
    for (const file of files)
      expect(readFileSync(`${folder}${file}`, 'utf8')).not.toContain('states:::lambda:invoke');
  });
});

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds?: number;
}

interface Task {
  readonly Type: 'Task';
  readonly Retry?: readonly Retrier[];
}

/** Every task of a definition, those inside its maps included. */
function tasksOf(node: unknown): readonly Task[] {
  if (typeof node !== 'object' || node === null) return [];
  if ('Type' in node && node.Type === 'Task') return [node as Task];
  return Object.values(node).flatMap(tasksOf);
}

function longestWaitSeconds(retrier: Retrier): number {
  const { IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds = Infinity } = retrier;
  const waits = Array.from({ length: MaxAttempts }, (_, n) =>
    Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** n),
  );
  return waits.reduce((sum, wait) => sum + wait, 0);
}
