/**
 * A test runner of StrykerJS: its own for Jest, but one test file after the other, those that reach the mutant alone,
 * the nearest first, until one fails. Stryker's runs every file that is related to the mutated one to its end, which
 * for what everything imports is all of them, each time.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  commonTokens,
  declareFactoryPlugin,
  type Injector,
  type PluginContext,
  PluginKind,
  tokens,
} from '@stryker-mutator/api/plugin';
import type {
  DryRunOptions,
  DryRunResult,
  MutantRunOptions,
  MutantRunResult,
  TestRunner,
  TestRunnerCapabilities,
} from '@stryker-mutator/api/test-runner';
import { strykerPlugins as jestPlugins } from '@stryker-mutator/jest-runner';
import { ImportDistances } from './import-distance.ts';

/** What the first run without a mutant saw, for the processes that run mutants; they share a working folder. */
const TESTS_SEEN = 'mutation-tests-seen.json';

interface TestsSeen {
  readonly msByFile: Readonly<Record<string, number>>;
  /** Names are not unique: two files may hold tests of one name. */
  readonly filesByTest: Readonly<Record<string, readonly string[]>>;
}

interface JestSettings {
  readonly testFiles?: readonly string[] | undefined;
  readonly fileNamesUnderTest?: readonly string[] | undefined;
}

interface JestFileResult {
  readonly testFilePath: string;
  readonly numFailingTests: number;
  readonly testExecError?: unknown;
  readonly perfStats: { readonly runtime: number };
  readonly testResults: readonly { readonly fullName: string }[];
}

interface JestOutcome {
  readonly results: {
    readonly numRuntimeErrorTestSuites: number;
    readonly testResults: readonly JestFileResult[];
  };
}

/** What Stryker's runner for Jest calls Jest through. */
interface JestAdapter {
  run(settings: JestSettings): Promise<JestOutcome>;
}

class FilesInTurn implements JestAdapter {
  /** Those of the mutant that is looked at; null before there is one. */
  files: readonly string[] | null = null;
  private readonly jest: JestAdapter;

  constructor(jest: JestAdapter) {
    this.jest = jest;
  }

  async run(settings: JestSettings): Promise<JestOutcome> {
    if (this.files === null) return this.firstRun(settings);
    const testResults: JestFileResult[] = [];
    for (const file of this.files) {
      const { results } = await this.jest.run({ ...settings, testFiles: [file] });
      testResults.push(...results.testResults);
      if (results.testResults.some(hasFailed)) break;
    }
    return { results: { numRuntimeErrorTestSuites: testResults.filter(couldNotRun).length, testResults } };
  }

  private async firstRun(settings: JestSettings): Promise<JestOutcome> {
    const outcome = await this.jest.run(settings);
    const msByFile: Record<string, number> = {};
    const filesByTest: Record<string, string[]> = {};
    for (const { testFilePath, perfStats, testResults } of outcome.results.testResults) {
      msByFile[testFilePath] = perfStats.runtime;
      for (const { fullName } of testResults) {
        const files = (filesByTest[fullName] ??= []);
        if (!files.includes(testFilePath)) files.push(testFilePath);
      }
    }
    writeFileSync(TESTS_SEEN, JSON.stringify({ msByFile, filesByTest } satisfies TestsSeen));
    return outcome;
  }
}

class JestByCoverage implements TestRunner {
  private readonly runner: TestRunner;
  private readonly adapter: FilesInTurn;
  private readonly distances = new ImportDistances();
  private seen: TestsSeen | null = null;

  constructor(runner: TestRunner) {
    this.runner = runner;
    const opened = runner as unknown as { jestTestAdapter: JestAdapter };
    this.adapter = new FilesInTurn(opened.jestTestAdapter);
    opened.jestTestAdapter = this.adapter;
  }

  async init(): Promise<void> {
    await this.runner.init?.();
  }

  capabilities(): Promise<TestRunnerCapabilities> | TestRunnerCapabilities {
    return this.runner.capabilities();
  }

  async dryRun(options: DryRunOptions): Promise<DryRunResult> {
    this.adapter.files = null;
    return this.runner.dryRun(options);
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    this.adapter.files = this.filesFor(resolve(options.sandboxFileName), options.testFilter);
    return this.runner.mutantRun(options);
  }

  /** What is made when a file is loaded is reached by all tests of all files that load it. */
  private filesFor(mutated: string, testFilter: readonly string[] | undefined): readonly string[] {
    const { msByFile, filesByTest } = this.testsSeen();
    const files =
      testFilter === undefined
        ? Object.keys(msByFile).filter((file) => this.distances.between(file, mutated) < Infinity)
        : [...new Set(testFilter.flatMap((test) => filesByTest[test] ?? []))];
    const rank = (file: string): number => this.distances.between(file, mutated);
    return files.sort((a, b) => compare(rank(a), rank(b)) || compare(msByFile[a] ?? 0, msByFile[b] ?? 0));
  }

  private testsSeen(): TestsSeen {
    if (!existsSync(TESTS_SEEN)) throw new Error(`expected ${resolve(TESTS_SEEN)} of a first run`);
    return (this.seen ??= JSON.parse(readFileSync(TESTS_SEEN, 'utf8')) as TestsSeen);
  }
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function couldNotRun({ testExecError }: JestFileResult): boolean {
  return testExecError !== undefined && testExecError !== null;
}

function hasFailed(result: JestFileResult): boolean {
  return result.numFailingTests > 0 || couldNotRun(result);
}

function jestByCoverage(injector: Injector<PluginContext>): TestRunner {
  const [jest] = jestPlugins;
  return new JestByCoverage(injector.injectFunction(jest!.factory));
}
jestByCoverage.inject = tokens(commonTokens.injector);

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, 'jest-by-coverage', jestByCoverage),
];
