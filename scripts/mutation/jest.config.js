import projects from '../../jest.config.js';

/** The unit tests of what is mutated; a copy of this tree is where they run. */
const [unit] = projects.projects;

export default {
  ...unit,
  rootDir: new URL('../..', import.meta.url).pathname,
  testMatch: ['<rootDir>/shared/{domain,engine}/**/*.test.ts', '<rootDir>/lambdas/{orders,portfolio}/**/*.test.ts'],
  setupFiles: [...unit.setupFiles, '<rootDir>/scripts/mutation/first-counterexample.ts'],
  testTimeout: 10_000,
};
