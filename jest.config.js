/** Native ESM: Middy, zod and `.ts` imports run as they do in production. */
const transform = {
  '^.+\\.tsx?$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript', tsx: false } }, module: { type: 'es6' } }],
};
const common = { extensionsToTreatAsEsm: ['.ts'], transform, testEnvironment: 'node', rootDir: import.meta.dirname };

/** `npm test` runs all but the jobs that need Python or a browser; those are named on the command line. */
export default {
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/{shared,lambdas,collector,embedded,simulator,lib,bin,dashboard,scripts}/**/*.test.ts'] },
    { ...common, displayName: 'system', testMatch: ['<rootDir>/test/**/*.test.ts'], testPathIgnorePatterns: ['<rootDir>/test/emulator/', '<rootDir>/test/browser/'] },
  ],
};
