/** Says how long it takes to load a module in a process that has done nothing else yet. */
import { pathToFileURL } from 'node:url';
import { runProgram } from '../processes/program.ts';

export interface LoadModuleProgram {
  readonly request: {
    readonly path: string;
    /** Variables that the module reads as it loads. */
    readonly environment: Readonly<Record<string, string>>;
  };
  readonly message: { readonly kind: 'loaded'; readonly ms: number };
}

await runProgram<LoadModuleProgram>(async ({ path, environment }, { report }) => {
  Object.assign(process.env, environment);
  const beganAtMs = performance.now();
  await import(pathToFileURL(path).href);
  report({ kind: 'loaded', ms: performance.now() - beganAtMs });
});
