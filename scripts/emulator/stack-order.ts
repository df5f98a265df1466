/** Which stacks there are, in the order of their dependencies, from what CDK has synthesised. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

export interface PlannedStack {
  readonly name: string;
  /** Names of the stacks that must be up before it. */
  readonly after: readonly string[];
}

const manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({ type: z.string(), dependencies: z.array(z.string()).default([]) }),
  ),
});

const STACK = 'aws:cloudformation:stack';

export function readStackOrder(assembly: string): PlannedStack[] {
  const { artifacts } = manifest.parse(JSON.parse(readFileSync(join(assembly, 'manifest.json'), 'utf8')));
  const isStack = (name: string): boolean => artifacts[name]?.type === STACK;
  const waiting = Object.keys(artifacts)
    .filter(isStack)
    .map((name) => ({ name, after: artifacts[name]!.dependencies.filter(isStack) }));
  const ordered: PlannedStack[] = [];
  while (waiting.length > 0) {
    const done = new Set(ordered.map(({ name }) => name));
    const next = waiting.findIndex(({ after }) => after.every((name) => done.has(name)));
    if (next === -1)
      throw new Error(`stacks that wait for one another: ${waiting.map(({ name }) => name).join(', ')}`);
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}
