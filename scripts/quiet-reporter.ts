/**
 * A Jest reporter for people who want to know what failed: a dot a file, the failures with what they printed, a
 * line of totals, and what this run left out.
 */
import { existsSync } from 'node:fs';
import type { AggregatedResult, Config, Reporter, Test, TestContext, TestResult } from '@jest/reporters';

const DOTS_A_LINE = 100;
const RECORDED_DATA = new URL('../../shared/data/', import.meta.url);

/** Jobs that `npm test` never runs, by project. */
const OTHER_JOBS: Readonly<Record<string, string>> = {
  browser: 'the page in a browser (npm run test:browser, needs Chromium)',
  emulator: 'the stacks on an emulator (npm run test:e2e, needs Python ≥ 3.10)',
};

export default class QuietReporter implements Reporter {
  private readonly isPartial: boolean;
  private files = 0;

  constructor(configuration: Config.GlobalConfig) {
    this.isPartial = configuration.nonFlagArgs.length > 0 || Boolean(configuration.testNamePattern);
  }

  onTestResult(_test: Test, result: TestResult): void {
    this.files += 1;
    write(result.numFailingTests > 0 || result.testExecError ? 'F' : '.');
    if (this.files % DOTS_A_LINE === 0) write('\n');
    if (result.failureMessage) write(describeFailure(result));
  }

  onRunComplete(contexts: Set<TestContext>, results: AggregatedResult): void {
    write(`\n${totals(results)}\n`);
    const projects = new Set([...contexts].map(({ config }) => config.displayName?.name));
    if (!this.isPartial && projects.has('system')) write(leftOut(projects, results.numPendingTests));
  }

  getLastError(): void {
    // Failures are Jest's to count; this reporter adds none.
  }
}

function describeFailure(result: TestResult): string {
  const printed = (result.console ?? []).map(({ type, message }) => `  ${type}: ${message}\n`).join('');
  return `\n${result.testFilePath}\n${result.failureMessage ?? ''}\n${printed === '' ? '' : `It printed:\n${printed}`}`;
}

function totals(results: AggregatedResult): string {
  const seconds = ((Date.now() - results.startTime) / 1000).toFixed(0);
  const parts = [
    `${results.numPassedTests} passed`,
    `${results.numFailedTests + results.numRuntimeErrorTestSuites} failed`,
    ...(results.numPendingTests > 0 ? [`${results.numPendingTests} skipped`] : []),
  ];
  return `${parts.join(', ')} (${results.numTotalTestSuites} files, ${seconds} s)`;
}

function leftOut(projects: ReadonlySet<string | undefined>, skipped: number): string {
  const jobs = Object.entries(OTHER_JOBS).flatMap(([project, job]) => (projects.has(project) ? [] : [job]));
  const recorded = existsSync(RECORDED_DATA)
    ? ''
    : `Skipped: ${skipped} conformance tests, which need the recorded market data in ../shared/data.\n`;
  return `Left out: ${jobs.join('; ')}.\n${recorded}`;
}

function write(text: string): void {
  process.stderr.write(text);
}
