import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions } from '../../lib/constructs/bundles.ts';
import { TOKEN_JWKS, variablesFor } from '../../shared/adapters/aws/environment.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';
import { figureOf, type Bench, type Figure } from '../figure.ts';
import { median } from '../measuring/statistics.ts';
import { StartedProgram } from '../processes/started-program.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import type { LoadModuleProgram } from '../programs/load-module.ts';

const RUNS = 5;
const REFERENCE = 'an empty module';

interface MeasuredBundle {
  readonly name: FunctionName;
  readonly bytes: number;
  readonly loadMs: readonly number[];
}

/** Size and load time of the bundle of each Lambda function, as it is deployed, beside an empty module. */
export async function bundles(bench: Bench): Promise<readonly Figure[]> {
  const folder = temporaryFolder(bench.resources);
  const folderOf = bundleFunctions(folder);
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export {};\n');
  const names = Object.keys(topology.functions) as FunctionName[];
  const runs = bench.runs ?? RUNS;
  const measured = names.map((name) => ({
    name,
    path: join(folderOf(name), 'index.mjs'),
    loadMs: [] as number[],
  }));
  const emptyMs: number[] = [];
  // All of them in each run, so that what disturbs the machine for a while does not fall on one of them.
  for (let run = 1; run <= runs; run++) {
    bench.tell(`run ${run} of ${runs}`);
    emptyMs.push(await loadMs(bench, { path: empty, environment: {} }));
    for (const { name, path, loadMs: times } of measured) {
      times.push(await loadMs(bench, { path, environment: environmentOf(name) }));
    }
  }
  const sized = measured.map(({ path, ...bundle }): MeasuredBundle => ({
    ...bundle,
    bytes: statSync(path).size,
  }));
  return [...sized.map((bundle) => figureOfBundle(bundle, emptyMs)), figureOfWorst(sized, emptyMs)];
}

async function loadMs(bench: Bench, request: LoadModuleProgram['request']): Promise<number> {
  const program = new StartedProgram<LoadModuleProgram>('load-module', request, bench.resources);
  const { ms } = await program.next('loaded');
  await program.end();
  return ms;
}

/** Something for every variable that the function asks for as it loads; nothing is called yet. */
function environmentOf(name: FunctionName): Record<string, string> {
  const variables = variablesFor(topology.functions[name].capabilities);
  const given = variables.map((variable) => [
    variable,
    variable === TOKEN_JWKS ? '{"keys":[]}' : 'http://127.0.0.1:1/none',
  ]);
  return { AWS_REGION: 'us-east-1', ...(Object.fromEntries(given) as Record<string, string>) };
}

function figureOfBundle(
  { name, bytes, loadMs: runs }: MeasuredBundle,
  referenceRuns: readonly number[],
): Figure {
  return figureOf({
    figure: `bundles.${name}`,
    unit: 'ms',
    runs,
    reference: REFERENCE,
    referenceRuns,
    note: 'to load the bundle in a fresh Node process',
    details: { bytes },
  });
}

function figureOfWorst(all: readonly MeasuredBundle[], referenceRuns: readonly number[]): Figure {
  const slowest = all.reduce((worst, bundle) =>
    median(bundle.loadMs) > median(worst.loadMs) ? bundle : worst,
  );
  const largest = all.reduce((worst, bundle) => (bundle.bytes > worst.bytes ? bundle : worst));
  return figureOf({
    figure: 'bundles.worst',
    unit: 'ms',
    runs: slowest.loadMs,
    reference: REFERENCE,
    referenceRuns,
    note: `the slowest to load of ${all.length} bundles`,
    details: {
      slowest: slowest.name,
      largest: largest.name,
      largestBytes: largest.bytes,
      totalBytes: all.reduce((total, { bytes }) => total + bytes, 0),
    },
  });
}
