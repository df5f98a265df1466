import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { cruise, type ICruiseOptions } from 'dependency-cruiser';
import extractConfiguration from 'dependency-cruiser/config-utl/extract-depcruise-config';

const root = fileURLToPath(new URL('../..', import.meta.url));
const planted = fileURLToPath(new URL('planted/', import.meta.url));
const { forbidden = [], options = {} } = await extractConfiguration(`${root}.dependency-cruiser.mjs`);
const PROJECT =
  'bin lib lambdas collector embedded simulator shared dashboard test bench simulation scripts'.split(' ');
const rules = forbidden.map((rule) => rule.name ?? 'unnamed');

async function violations(baseDir: string, folders: string[], treeOptions: ICruiseOptions) {
  const { output } = await cruise(folders, {
    ...treeOptions,
    baseDir,
    validate: true,
    ruleSet: { forbidden },
  });
  if (typeof output === 'string') throw new Error(output);
  return output.summary.violations;
}

/** The names of the rules that a planted tree breaks. */
async function brokenRules(tree: string): Promise<string[]> {
  const { exclude: _, tsConfig: __, ...plain } = options;
  const found = await violations(tree, readdirSync(tree), plain);
  return [...new Set(found.map(({ rule }) => rule.name))];
}

describe('the import rules', () => {
  it('each have a planted violation', () => {
    expect(readdirSync(planted).sort()).toEqual([...rules].sort());
  });

  it.each(rules)('%s fires on its planted violation and on nothing beside it', async (rule) => {
    expect(await brokenRules(`${planted}${rule}`)).toEqual([rule]);
  });

  it('are kept by the project', async () => {
    const found = await violations(root, PROJECT, options);
    expect(found.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  }, 60_000);
});
