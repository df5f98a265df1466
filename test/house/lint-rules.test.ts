import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';
import typescript from 'typescript-eslint';

/** Planted files exist as text only, so the rules that need types are left to the lint run itself. */
const eslint = new ESLint({
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  overrideConfig: [typescript.configs.disableTypeChecked],
});

async function brokenRules(filePath: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return [...new Set(result?.messages.map(({ ruleId }) => ruleId))];
}

describe('the lint rules refuse', () => {
  it.each([
    [
      'the wall clock in the domain',
      'shared/domain/a.ts',
      'export const a = Date.now();',
      'no-restricted-properties',
    ],
    [
      'the date of today in the domain',
      'shared/domain/a.ts',
      'export const a = new Date();',
      'no-restricted-syntax',
    ],
    [
      'chance in the engine',
      'shared/engine/a.ts',
      'export const a = Math.random();',
      'no-restricted-properties',
    ],
    [
      'the environment in the engine',
      'shared/engine/a.ts',
      'export const a = process.env;',
      'no-restricted-globals',
    ],
    ['timers in the domain', 'shared/domain/risk/a.ts', 'setTimeout(String, 1);', 'no-restricted-globals'],
    [
      'random ids in the domain',
      'shared/domain/a.ts',
      "import { randomUUID } from 'node:crypto';\nexport const a = randomUUID();",
      'no-restricted-imports',
    ],
    [
      'zod in one piece',
      'lambdas/a/b/handler.ts',
      "export { a };\nimport { z } from 'zod';\nconst a = z.string();",
      'no-restricted-syntax',
    ],
    [
      'the wall clock where all runs under simulation',
      'lambdas/orders/run-desk/a.ts',
      'export const a = Date.now();',
      'no-restricted-properties',
    ],
    [
      'a clock of its own in the embedded runtime',
      'embedded/runtime/a.ts',
      'export const a = performance.now();',
      'no-restricted-globals',
    ],
    [
      'a timer of its own in what handlers share',
      'shared/runtime/a.ts',
      "import { setTimeout } from 'node:timers/promises';\nawait setTimeout(1);",
      'no-restricted-imports',
    ],
    [
      'a random id in an adapter that is simulated',
      'shared/adapters/embedded/sqlite-a.ts',
      "import { randomUUID } from 'node:crypto';\nexport const a = randomUUID();",
      'no-restricted-imports',
    ],
    ['a file about nothing', 'shared/domain/utils.ts', 'export const a = 1;', 'house/file-names'],
    ['a folder about nothing', 'lib/helpers/queue.ts', 'export const a = 1;', 'house/file-names'],
    ['a file in camel case', 'lib/stacks/apiStack.ts', 'export const a = 1;', 'house/file-names'],
    [
      'a focused test',
      'bin/a.test.ts',
      "import { it } from '@jest/globals';\nit.only('a', () => undefined);",
      'no-restricted-syntax',
    ],
    ['a global of the browser', 'collector/a.ts', 'export const a = name;', 'no-restricted-globals'],
    ['a file over 300 lines', 'collector/a.ts', 'export {};\n'.repeat(301), 'max-lines'],
    ['any', 'collector/a.ts', 'export const a: any = 1;', '@typescript-eslint/no-explicit-any'],
    ['printing past the log', 'collector/a.ts', "console.log('a');", 'no-console'],
  ])('%s', async (_, filePath, code, rule) => {
    expect(await brokenRules(filePath, code)).toEqual([rule]);
  });
});

describe('the lint rules accept', () => {
  it.each([
    [
      'a date made of a given time in the domain',
      'shared/domain/a.ts',
      'export const a = new Date(0).getUTCDay();',
    ],
    [
      'hashing in the domain',
      'shared/domain/a.ts',
      "import { hash } from 'node:crypto';\nexport const a = hash('sha256', '');",
    ],
    ['the wall clock outside of it', 'collector/a.ts', 'export const a = Date.now();'],
    [
      'the namespace of zod',
      'shared/contracts/a.ts',
      "import * as z from 'zod';\nexport const a = z.string();",
    ],
    [
      'a test that is skipped for a reason',
      'test/a.test.ts',
      "import { describe, it } from '@jest/globals';\n(process.argv0 ? describe : describe.skip)('a', () => it('b', () => undefined));",
    ],
  ])('%s', async (_, filePath, code) => {
    expect(await brokenRules(filePath, code)).toEqual([]);
  });
});
