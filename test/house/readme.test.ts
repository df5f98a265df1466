/** The commands by which the README deploys a stage, as far as they can be tried without an account. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { stackName } from '../../lib/config/stack-name.ts';
import { readStage } from '../../lib/config/stages.ts';
import { CONTEXT_NAMES, readOptions } from '../../scripts/deploy/options.ts';
import { assignParameters } from '../../scripts/deploy/stack-parameters.ts';
import type { Template } from '../../scripts/deploy/assembly.ts';
import { synthesize } from '../synth/synthesize.ts';

const text = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const section = text.slice(text.indexOf('\n### To AWS\n'), text.indexOf('\n## Measured\n'));
const commands = Array.from(section.matchAll(/^```bash\n([\s\S]*?)^```$/gm), ([, block]) => block!)
  .flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
  .filter((line) => line !== '');

/** The arguments as the shell hands them on. */
function argumentsOf(command: string): string[] {
  const [start, rest] = command.split(' -- ', 2);
  expect(start).toBe('npm run deploy');
  const { stdout, stderr } = spawnSync('sh', ['-c', String.raw`printf '%s\0' ${rest}`], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\0').slice(0, -1);
}

describe('the README deploys to AWS', () => {
  it('by commands that are looked at here, in blocks of bash', () => {
    expect(commands.length).toBeGreaterThan(1);
    expect(section).not.toMatch(/cdk deploy/);
    expect(commands.some((command) => command.includes('--check'))).toBe(true);
  });

  it.each(commands)('with options that there are and a stage that can be: %s', (command) => {
    const { stage, context } = readOptions(argumentsOf(command));
    expect(readStage({ tryGetContext: (name) => ({ ...context, stage })[name] }).name).toBe(stage);
  });

  it.each(commands.filter((command) => command.includes('--parameters')))(
    'telling an empty account all that the stacks ask for: %s',
    (command) => {
      const { stage, context, parameters } = readOptions(argumentsOf(command));
      const { templates } = synthesize({ ...context, stage });
      const stacks = [...templates].map(([part, template]) => ({
        name: stackName(stage, part),
        part,
        template: template as unknown as Template,
      }));
      const assigned = assignParameters(parameters, stacks, new Map());
      expect([...assigned.keys()].sort()).toEqual([stackName(stage, 'api'), stackName(stage, 'stateful')]);
    },
    60_000,
  );

  it('naming everything that may be said of a stage', () => {
    const unnamed = CONTEXT_NAMES.filter((name) => !new RegExp(`\\b${name}\\b`).test(section));
    expect(unnamed).toEqual([]);
  });
});
