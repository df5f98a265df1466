/**
 * An ESLint rule: files and folders are kebab-case and named for what they hold. `order-book.ts`, not
 * `OrderBook.ts` and never `utils.ts`, which is about nothing in particular and so collects everything.
 */
import { relative, sep } from 'node:path';

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const ABOUT_NOTHING = /^(helpers?|utils?|utilities|misc|common)$/;
/** Test and configuration suffixes: `fold.test.ts`, `jest.config.js`. */
const SUFFIXES = /(\.(test|config|d))*\.[cm]?[jt]sx?$/;

/** @returns what is wrong with a path inside the repository, or null */
function complaint(path) {
  for (const segment of path.split(sep)) {
    const name = segment.replace(SUFFIXES, '').replace(/^\./, '');
    if (ABOUT_NOTHING.test(name)) return `"${segment}" does not say what it holds`;
    if (!KEBAB_CASE.test(name)) return `"${segment}" is not kebab-case`;
  }
  return null;
}

/** @type {import('eslint').Rule.RuleModule} */
export const fileNames = {
  meta: { type: 'suggestion', schema: [], messages: { name: 'File name: {{complaint}}.' } },
  create: (context) => ({
    Program: (node) => {
      const wrong = complaint(relative(context.cwd, context.filename));
      if (wrong !== null) context.report({ node, messageId: 'name', data: { complaint: wrong } });
    },
  }),
};
