import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { cruise } from 'dependency-cruiser';
import extractConfiguration from 'dependency-cruiser/config-utl/extract-depcruise-config';

const root = fileURLToPath(new URL('../..', import.meta.url));
const planted = fileURLToPath(new URL('planted/', import.meta.url));
const { forbidden = [], options = {} } = await extractConfiguration(`${root}.dependency-cruiser.mjs`);
const rules = forbidden.map((rule) => rule.name ?? 'unnamed');

/** The names of the rules that a tree breaks. */
async function brokenRules(tree: string): Promise<string[]> {
  const { exclude: _, tsConfig: __, ...plain } = options;
  const { output } = await cruise(readdirSync(tree), {
    ...plain,
    baseDir: tree,
    validate: true,
    ruleSet: { forbidden },
  });
  if (typeof output === 'string') throw new Error(output);
  return [...new Set(output.summary.violations.map(({ rule }) => rule.name))];
}

describe('the import rules', () => {
  it('each have a planted violation', () => {
    expect(readdirSync(planted).sort()).toEqual([...rules].sort());
  });

  it.each(rules)('%s fires on its planted violation and on nothing beside it', async (rule) => {
    expect(await brokenRules(`${planted}${rule}`)).toEqual([rule]);
  });
});
