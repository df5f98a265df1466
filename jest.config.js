/** Native ESM: Middy, zod and `.ts` imports run as they do in production. */
const swc = (parser, jsx = {}) => [
  '@swc/jest',
  { jsc: { target: 'es2024', parser, transform: { react: jsx } }, module: { type: 'es6' } },
];
const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  setupFiles: ['<rootDir>/test/support/quiet-log.ts'],
  transform: {
    '^.+\\.ts$': swc({ syntax: 'typescript' }),
    '^.+\\.tsx$': swc({ syntax: 'typescript', tsx: true }, { runtime: 'automatic', importSource: 'preact' }),
  },
};

const projects = [
  {
    ...common,
    displayName: 'unit',
    testMatch: [
      '<rootDir>/{shared,lambdas,collector,embedded,simulator,lib,bin,dashboard,scripts,bench}/**/*.test.{ts,tsx}',
    ],
  },
  {
    ...common,
    displayName: 'system',
    testMatch: ['<rootDir>/test/**/*.test.ts'],
    testPathIgnorePatterns: ['<rootDir>/test/(emulator|localstack|browser)/'],
  },
  { ...common, displayName: 'browser', testMatch: ['<rootDir>/test/browser/**/*.test.ts'] },
  { ...common, displayName: 'emulator', testMatch: ['<rootDir>/test/emulator/**/*.test.ts'] },
  { ...common, displayName: 'localstack', testMatch: ['<rootDir>/test/localstack/**/*.test.ts'] },
];
/**
 * `npm test` runs what needs Node alone; the page needs a Chromium (`npm run test:browser`), the emulator Python
 * (`npm run test:e2e`), LocalStack Java and Maven as well (`npm run test:localstack`). Those name their project, and
 * then every project can be named.
 */
const needNodeAlone = new Set(['unit', 'system']);
const isNamed = process.argv.includes('--selectProjects');

export default {
  // Each worker that synthesises a stack holds half a gigabyte.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  // A bound on what hangs, not on what is slow: machines are shared.
  testTimeout: 60_000,
  reporters: ['<rootDir>/scripts/quiet-reporter.ts'],
  projects: projects.filter(({ displayName }) => isNamed || needNodeAlone.has(displayName)),
};
