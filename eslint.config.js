import javascript from '@eslint/js';
import { defineConfig } from 'eslint/config';
import typescript from 'typescript-eslint';
import { fileNames } from './scripts/lint/file-names.js';

const TESTS = ['**/*.test.ts', '**/*.test.tsx', 'test/**'];
const PURE_CORE = ['shared/domain/**/*.ts', 'shared/engine/**/*.ts'];

/** `import * as z` lets esbuild drop what is not used: 83 KB a Lambda bundle instead of 443. */
const ZOD_IN_ONE_PIECE = {
  selector:
    'ImportDeclaration[source.value="zod"] > :matches(ImportSpecifier[imported.name="z"], ImportDefaultSpecifier)',
  message: 'Write `import * as z from "zod"`: the namespace is what bundlers can shake.',
};

/** Invariant 1: the same input log gives byte-identical outputs. */
const PURITY = 'Domain and engine are pure: time, ids and seeds are arguments.';
const HIDDEN_INPUTS = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: PURITY },
  { selector: 'CallExpression[callee.name="Date"]', message: PURITY },
];
const HIDDEN_PROPERTIES = [
  { object: 'Date', property: 'now', message: PURITY },
  { object: 'Math', property: 'random', message: PURITY },
];
const HIDDEN_GLOBALS = [
  ...['process', 'performance', 'crypto', 'console', 'fetch', 'globalThis'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
].map((name) => ({ name, message: PURITY }));

/** What runs under simulation: a seed is worth nothing once anything here reads a clock or draws of its own. */
const SIMULATED = [
  'embedded/runtime/**/*.ts',
  'shared/adapters/embedded/sqlite-*.ts',
  'shared/adapters/memory/**/*.ts',
  'shared/runtime/**/*.ts',
  'lambdas/{market-data,signals,orders,portfolio,operations}/**/*.ts',
  'simulation/**/*.ts',
];
const READS_CLOCKS_ON_PURPOSE = [
  // Figures of this process, which nothing is decided by.
  'shared/runtime/{metric-totals,embedded-metrics,report-metrics}.ts',
  // Wraps ports on AWS alone.
  'shared/runtime/remembering-none.ts',
  // Secrets, which no seed may foretell.
  'shared/runtime/socket-tickets.ts',
  // Starts the processes that simulate, and measures them.
  'simulation/command-line/**/*.ts',
];
const GIVEN =
  'Time, timers and chance are given, so that all of it runs under simulation: see shared/ports/time.ts.';
const OWN_TIME = [
  { name: 'node:timers', importNames: ['setTimeout', 'setInterval'], message: GIVEN },
  { name: 'node:timers/promises', importNames: ['setTimeout', 'setInterval'], message: GIVEN },
  { name: 'node:crypto', importNames: ['randomUUID', 'randomBytes', 'randomInt'], message: GIVEN },
];
const withMessage = (restricted, message) => restricted.map((one) => ({ ...one, message }));

/** The DOM's types are loaded for the page, so a forgotten parameter would compile as one of these. */
const DOM_GLOBALS = [
  'name',
  'status',
  'event',
  'length',
  'parent',
  'top',
  'self',
  'open',
  'close',
  'origin',
  'history',
].map((name) => ({ name, message: 'A global of the browser: a parameter or an import is missing.' }));

const FOCUSED_TESTS = {
  selector:
    'CallExpression[callee.object.name=/^(it|test|describe)$/][callee.property.name=/^(only|skip|todo)$/], CallExpression[callee.name=/^(xit|xdescribe|fit|fdescribe)$/]',
  message:
    'Neither focused nor skipped: a test that needs what is absent chooses `describe.skip` by a condition.',
};

export default defineConfig(
  {
    ignores: [
      'node_modules/',
      'cdk.out/',
      '.emulator/',
      '.api-tests/',
      '.millrace/',
      'coverage/',
      'dist/',
      'test/house/planted/',
    ],
  },
  javascript.configs.recommended,
  {
    plugins: { house: { rules: { 'file-names': fileNames } } },
    linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' },
    rules: {
      'house/file-names': 'error',
      'max-lines': ['error', { max: 300 }],
      eqeqeq: 'error',
      'no-console': 'error',
      'object-shorthand': 'error',
      'prefer-template': 'error',
      // Keys and names that come from outside are searched for control characters.
      'no-control-regex': 'off',
      'no-restricted-syntax': ['error', ZOD_IN_ONE_PIECE],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: { process: 'readonly', URL: 'readonly' } },
  },
  {
    // An old Node reads it, see there.
    files: ['bin/millrace.js'],
    rules: { 'prefer-template': 'off', 'object-shorthand': 'off' },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [typescript.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // The reason of an abort is thrown on as it came, and it is typed any.
      '@typescript-eslint/only-throw-error': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-deprecated': 'error',
      // Under noUncheckedIndexedAccess `rows[i]!` inside `i < rows.length` is the plain way to say what must hold.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Ports are asynchronous whether or not an adapter waits, and `async` turns a throw into a rejection.
      '@typescript-eslint/require-await': 'off',
      // TypeScript believes that a field keeps its value across an await, and the rule with it.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      'no-restricted-globals': ['error', ...DOM_GLOBALS],
    },
  },
  {
    files: ['dashboard/**'],
    rules: {
      'no-restricted-globals': 'off',
      // Components take their props apart, callbacks among them; none has a `this`.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: PURE_CORE,
    ignores: TESTS,
    rules: {
      'no-restricted-globals': ['error', ...DOM_GLOBALS, ...HIDDEN_GLOBALS],
      'no-restricted-properties': ['error', ...HIDDEN_PROPERTIES],
      'no-restricted-syntax': ['error', ZOD_IN_ONE_PIECE, ...HIDDEN_INPUTS],
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'node:crypto', allowImportNames: ['hash'], message: PURITY }] },
      ],
    },
  },
  {
    files: SIMULATED,
    ignores: [...TESTS, ...READS_CLOCKS_ON_PURPOSE],
    rules: {
      'no-restricted-globals': [
        'error',
        ...DOM_GLOBALS,
        ...['performance', 'crypto', 'setTimeout', 'setInterval'].map((name) => ({ name, message: GIVEN })),
      ],
      'no-restricted-properties': ['error', ...withMessage(HIDDEN_PROPERTIES, GIVEN)],
      'no-restricted-syntax': ['error', ZOD_IN_ONE_PIECE, ...withMessage(HIDDEN_INPUTS, GIVEN)],
      'no-restricted-imports': ['error', { paths: OWN_TIME }],
    },
  },
  {
    // The map of the mill stands in one place, however much there is on it.
    files: ['shared/topology.ts'],
    rules: { 'max-lines': ['error', { max: 450 }] },
  },
  {
    files: TESTS,
    rules: {
      'no-restricted-syntax': ['error', ZOD_IN_ONE_PIECE, FOCUSED_TESTS],
      // A suite is one list of sentences about one thing.
      'max-lines': ['error', { max: 500 }],
      // Matchers and parsed JSON are typed any, what is asserted of them shows; and methods are borrowed on purpose.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
